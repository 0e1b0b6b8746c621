// From a queued notice to a letter, and the letter on its way: addressee, template, channel.
import { addresseeOf, invoicesForNotice, updateNotice, type Notice } from '../../../db/repositories/notices.ts'
import { linkOf } from '../../../db/repositories/links.ts'
import { latestVaultEntry } from '../../../db/repositories/vault.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { CustomerId } from '../../../shared/domain/ids.ts'
import { parseMailAddress } from '../../../shared/domain/notices/mailAddress.ts'
import { compose, type NoticeFacts, type NoticeMessage } from '../../../shared/domain/notices/message.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import { SendProblem } from './sendProblem.ts'
import { loadTemplate, passwordSecret, type MailSettings, type NoticeSettings } from './settings.ts'
import { sendMail, usualTimes, type MailOptions, type MailTimes } from './smtp.ts'
import { longestTicketMessage, notMade, sendTicket } from './ticket.ts'

export interface DeliveryOptions {
  readonly times?: Partial<MailTimes> | undefined
}

export interface Letter {
  readonly customerId: CustomerId
  /** A mail address, or `user 12` for a ticket. */
  readonly recipient: string
  readonly name: string | null
  readonly message: NoticeMessage
  readonly settings: NoticeSettings
}

/** Who signs where no sender's name was given. */
export function companyOf(settings: NoticeSettings): string {
  return settings.mail === null || settings.mail.fromName === '' ? 'Your hosting team' : settings.mail.fromName
}

export class Delivery {
  readonly #context: Context
  readonly #billing: Billing
  readonly #installationId: string
  readonly #times: MailTimes

  constructor(context: Context, billing: Billing, installationId: string, options: DeliveryOptions) {
    this.#context = context
    this.#billing = billing
    this.#installationId = installationId
    this.#times = { ...usualTimes, ...options.times }
  }

  /** The letter as it goes out. Throws `SendProblem` where there is nobody to send it to. */
  prepare(notice: Notice, settings: NoticeSettings): Letter {
    const { orm } = this.#context.db
    const addressee = addresseeOf(orm, notice.serviceId)
    if (addressee === null) throw this.#nobody(`Whose service ${notice.serviceId} is, is not known.`)
    const facts: NoticeFacts = {
      kind: notice.kind,
      customerName: addressee.name,
      productName: addressee.productName,
      serviceId: notice.serviceId,
      // A purged VM has no link any more; the vault still knows its name.
      vmName: linkOf(orm, notice.serviceId)?.vmName ?? latestVaultEntry(orm, notice.serviceId)?.vmName ?? 'server',
      invoices: invoicesForNotice(orm, notice.invoiceIds),
      suspendsOn: notice.suspendsOn,
      reason: notice.reason,
      company: companyOf(settings),
    }
    const template = loadTemplate(orm, notice.kind)
    const common = { customerId: addressee.customerId, name: addressee.name, settings }
    if (notice.channel === 'ticket')
      return { ...common, recipient: `user ${addressee.customerId}`, message: compose(template, facts, longestTicketMessage) }
    const address = parseMailAddress(addressee.email)
    if (address === null)
      throw this.#nobody(`The address of customer ${addressee.customerId} cannot be used: “${addressee.email.slice(0, 80)}”.`)
    return { ...common, recipient: address, message: compose(template, facts) }
  }

  /** Sends a letter. Throws `SendProblem`s. */
  async send(notice: Notice, letter: Letter, signal: AbortSignal): Promise<{ reference: string }> {
    if (notice.channel === 'mail') {
      const { mail } = letter.settings
      if (mail === null) throw new SendProblem('not-sent', 'channel', new Failure('notices.not-set-up', 'No mail server is set up.'))
      const domain = mail.fromAddress.slice(mail.fromAddress.lastIndexOf('@') + 1)
      const messageId = `notice-${notice.id}.${this.#installationId}@${domain}`
      await this.mail(mail, { name: letter.name, address: letter.recipient }, letter.message, messageId, signal)
      return { reference: messageId }
    }
    const { ticket } = letter.settings
    if (ticket === null) throw new SendProblem('not-sent', 'channel', new Failure('notices.not-set-up', 'Tickets are not set up.'))
    try {
      const { ticketId } = await this.#billing.withClient((client) =>
        sendTicket(client, {
          customerId: letter.customerId,
          authorId: ticket.authorId,
          message: letter.message,
          ticketId: notice.reference === null ? null : Number(notice.reference),
          onTicket: (id) => updateNotice(this.#context.db.orm, notice.id, { reference: String(id) }),
        }),
      )
      return { reference: String(ticketId) }
    } catch (error) {
      throw notMade(error)
    }
  }

  /** Sends one mail by the given settings, with the keychain's password. Throws `SendProblem`s. */
  async mail(
    settings: MailSettings,
    to: { name: string | null; address: string },
    message: NoticeMessage,
    messageId: string,
    signal: AbortSignal,
  ): Promise<{ answer: string }> {
    return mailWithStoredPassword(this.#context, { settings, to, message, messageId, times: this.#times, signal })
  }

  #nobody(message: string): SendProblem {
    return new SendProblem(
      'refused',
      'message',
      new Failure('notices.no-address', message, 'Correct it in Paymenter, sync, then send the notice again.'),
    )
  }
}

/** Sends one mail with the keychain's password. Throws `SendProblem`s. */
export async function mailWithStoredPassword(context: Context, mail: Omit<MailOptions, 'password' | 'date'>): Promise<{ answer: string }> {
  let password: string | null = null
  try {
    if (mail.settings.user !== null) password = await context.secrets.get(passwordSecret)
  } catch (error) {
    if (error instanceof Failure) throw new SendProblem('not-sent', 'channel', error)
    throw error
  }
  return sendMail({ ...mail, password, date: new Date(context.clock.now()) })
}
