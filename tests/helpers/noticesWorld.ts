// The automation world with notices over it and a real SMTP server: events happen in the estate, mail arrives.
import { listNotices, type Notice } from '../../db/repositories/notices.ts'
import { noticeHandlers } from '../../electron/worker/notices/handlers.ts'
import { Notices } from '../../electron/worker/notices/notices.ts'
import { methods, type MethodInput } from '../../shared/contract/index.ts'
import { AutomationWorld } from './automationWorld.ts'
import { startMailServer, type MailServer, type MailServerOptions } from './mailServer.ts'

export const mailPassword = 'canary-smtp-Päßwörd-93'

export class NoticesWorld implements AsyncDisposable {
  readonly automation: AutomationWorld
  readonly #servers: MailServer[] = []
  #notices: Notices

  private constructor(automation: AutomationWorld) {
    this.automation = automation
    this.#notices = this.#open()
  }

  /** Only these parts of the story stay linked; the mode is auto. */
  static async open(): Promise<NoticesWorld> {
    const world = new NoticesWorld(await AutomationWorld.open())
    world.automation.policy({ mode: 'auto' })
    return world
  }

  get notices(): Notices {
    return this.#notices
  }

  get handlers(): ReturnType<typeof noticeHandlers> {
    const { context, billing, automation } = this.automation
    return noticeHandlers({ context, billing, audit: automation.audit, notices: this.#notices, demo: false })
  }

  async mailServer(options: MailServerOptions = {}): Promise<MailServer> {
    const server = await startMailServer({ login: { user: 'console', password: mailPassword }, ...options })
    this.#servers.push(server)
    return server
  }

  /** What an operator would save for a server. */
  settingsFor(server: { port: number; certificate: string }): MethodInput<'notices.configure'> {
    return {
      enabled: true,
      kinds: { 'before-suspension': true, suspended: true, 'given-back': true },
      mail: {
        host: 'localhost',
        port: server.port,
        security: 'tls',
        user: 'console',
        fromName: 'Acme Hosting',
        fromAddress: 'billing@acme.example',
        replyTo: null,
        certificate: server.certificate,
      },
      ticket: null,
      password: mailPassword,
    }
  }

  /** Notices by mail through a server of this world's own. */
  async withMail(): Promise<MailServer> {
    const server = await this.mailServer()
    await this.configure(this.settingsFor(server))
    return server
  }

  async configure(settings: MethodInput<'notices.configure'>): Promise<void> {
    await this.handlers['notices.configure'](methods['notices.configure'].input.parse(settings))
  }

  rows(): Notice[] {
    return listNotices(this.automation.context.db.orm, { limit: 1_000 }).toReversed()
  }

  /** Closes the worker between two steps, and opens it again over the same data folder. */
  async reopen(): Promise<void> {
    await this.#notices.stop({ flushMs: 0 })
    await this.automation.reopen()
    this.#notices = this.#open()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#notices.stop({ flushMs: 0 })
    await this.automation[Symbol.asyncDispose]()
    await Promise.all(this.#servers.map((server) => server.stop()))
  }

  #open(): Notices {
    const { context, billing, automation } = this.automation
    return new Notices(context, billing, automation, { times: { connectMs: 2_000, silenceMs: 2_000, wholeMs: 5_000 } })
  }
}
