// Notices over the demo estate and a real SMTP server: told once, never in the way, never untrue, and what goes wrong is shown.
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listAuditRows } from '../../db/repositories/audit.ts'
import type { MethodInput } from '../../shared/contract/index.ts'
import { methods } from '../../shared/contract/index.ts'
import { asId, type ServiceId } from '../../shared/domain/ids.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import { dayInWords } from '../../shared/domain/notices/message.ts'
import { throwAwayCertificate } from '../helpers/mailServer.ts'
import { mailPassword, NoticesWorld } from '../helpers/noticesWorld.ts'
import { until } from '../helpers/until.ts'

const minuteMs = 60_000
/** Days since the expiry by which the demo's services are known: past grace, and two days before the end of it. */
const pastGrace = 5
const soonOver = 2

let world: NoticesWorld
beforeEach(async () => {
  world = await NoticesWorld.open()
})
afterEach(async () => {
  await world[Symbol.asyncDispose]()
})

const only = (...ids: number[]): void => world.automation.keepLinks(...ids)
const states = (): string[] => world.rows().map((row) => `${row.kind} ${row.state}`)
const recorded = (serviceId: number): string[] =>
  listAuditRows(world.automation.context.db.orm, { serviceId: asId<ServiceId>(serviceId), limit: 100 })
    .map((entry) => entry.action)
    .filter((action) => action.startsWith('notice.'))
const customerOf = (serviceId: number): { email: string; name: string } => {
  const row = world.automation.context.db.sqlite
    .prepare(
      `select email, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as name
       from customers where id = (select customer_id from services where id = ?)`,
    )
    .get(serviceId)
  return row as { email: string; name: string }
}

describe('a suspension and its end', () => {
  it('are told once each, to the customer, after they were proved', async () => {
    const server = await world.withMail()
    const { id, vm, pendingInvoice } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    expect(server.mails).toHaveLength(1)
    expect(server.mails[0]).toMatchObject({ to: [customerOf(id).email], secure: true })
    expect(server.mails[0]?.headers['subject']).toBe(`Your server ${vm.name} has been stopped`)
    expect(server.mails[0]?.text).toContain(customerOf(id).name)
    expect(server.mails[0]?.text).toContain(`Invoice ${pendingInvoice()} over `)

    world.automation.estate.billing.payInvoice(pendingInvoice())
    await world.automation.run()
    await world.notices.pass()
    await world.automation.run()
    await world.notices.pass()
    expect(server.mails.map((mail) => mail.headers['subject'])).toEqual([
      `Your server ${vm.name} has been stopped`,
      `Your server ${vm.name} is running again`,
    ])
    expect(states()).toEqual(['suspended sent', 'given-back sent'])
    expect(recorded(id)).toEqual(['notice.sent', 'notice.sent'])
    expect(await world.automation.automation.audit.verify()).toMatchObject({ ok: true })
  })

  it('are told once though the VM was started by itself and stopped again', async () => {
    const server = await world.withMail()
    const { id, vm } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    vm.start()
    await world.automation.untilVm(vm, 'Running')
    await world.automation.nodes.lookAtAll()
    await world.automation.run()
    await world.notices.pass()
    expect(world.automation.sentTo(vm)).toEqual(['stop', 'stop'])
    expect(server.mails).toHaveLength(1)
  })

  it('wait for nobody: the VM is stopped while the mail server hangs', async () => {
    let calls = 0
    const silent = createServer(() => {
      calls += 1
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const settings = world.settingsFor({ port: (silent.address() as AddressInfo).port, certificate: throwAwayCertificate().cert })
    await world.configure(settings)
    const warned = world.automation.service('overdue', soonOver)
    const stopped = world.automation.service('overdue', pastGrace)
    only(warned.id, stopped.id)
    world.notices.start()
    await until('the mail server is asked', () => calls > 0)
    expect(states()).toEqual(['before-suspension sending'])
    expect(await world.automation.run()).toMatchObject({ done: 1, failed: 0 })
    expect(stopped.vm.state).toBe('Shutoff')
    await world.notices.stop({ flushMs: 0 })
    expect(world.rows().map((row) => row.state)).toEqual(['queued', 'queued'])
    silent.close()
  })

  it('are withdrawn when they are not true any more by the time they could be sent', async () => {
    const server = await world.withMail()
    const { id, pendingInvoice } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    world.automation.estate.billing.payInvoice(pendingInvoice())
    await world.automation.run()
    await world.notices.pass()
    expect(states()).toEqual(['suspended withdrawn', 'given-back sent'])
    expect(server.mails).toHaveLength(1)
  })

  it('are not told in observe, nor later for what happened meanwhile', async () => {
    const server = await world.withMail()
    const { id, pendingInvoice } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    world.automation.policy({ mode: 'observe' })
    await world.notices.pass()
    expect(states()).toEqual(['suspended queued'])
    world.automation.estate.billing.payInvoice(pendingInvoice())
    expect(await world.automation.run()).toMatchObject({ done: 1 })
    await world.notices.pass()
    expect(server.mails).toEqual([])
    expect((await world.handlers['notices.settings']({})).quietBecause).toContain('observe')
    world.automation.policy({ mode: 'auto' })
    await world.notices.pass()
    expect(states()).toEqual(['suspended withdrawn'])
    expect(server.mails).toEqual([])
  })

  it('are sent by a worker that lives for one pass only, before it leaves', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.stop()
    expect(server.mails).toHaveLength(1)
  })
})

describe('a termination and a purge', () => {
  const daysLater = async (days: number, own: { id: number }): Promise<void> => {
    world.automation.estate.clock.advance({ days })
    world.automation.somebodyPays(own.id)
    await world.automation.run()
    await world.notices.pass()
  }
  const confirm = async (kind: string, own: { id: number; vm: { name: string } }): Promise<void> => {
    const intent = world.automation.intents(own.id).find((known) => known.kind === kind && known.state === 'planned')
    await world.automation.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
    await world.automation.run()
    await world.notices.pass()
  }
  /** Suspended, told so, and off for so long that its termination is proposed. */
  const proposed = async (): Promise<ReturnType<typeof world.automation.service>> => {
    const own = world.automation.service('overdue', pastGrace)
    only(own.id)
    await world.automation.run()
    await world.notices.pass()
    await daysLater(14, own)
    return own
  }

  it('are announced and told, once each, with the day from which everything is deleted', async () => {
    const server = await world.withMail()
    const own = await proposed()
    await world.notices.pass()
    await confirm('terminate', own)
    const purgeOn = world.automation.handlers['vault.list']()[0]?.purgeOn
    await daysLater(4, own)
    await daysLater(1, own)
    await daysLater(2, own)
    await confirm('purge', own)
    await world.notices.pass()
    expect(server.mails.map((mail) => mail.headers['subject'])).toEqual([
      `Your server ${own.vm.name} has been stopped`,
      `Your server ${own.vm.name} is about to be terminated`,
      `Your server ${own.vm.name} has been terminated`,
      expect.stringContaining(`The data of your server ${own.vm.name} will be deleted from `),
      `Your server ${own.vm.name} has been deleted`,
    ])
    const [, , terminated, before] = server.mails
    expect(purgeOn).toBeDefined()
    expect(terminated?.text).toContain(dayInWords((purgeOn ?? '') as Day))
    expect(before?.text).toContain(dayInWords((purgeOn ?? '') as Day))
    expect(states()).toEqual(['suspended sent', 'before-termination sent', 'terminated sent', 'before-purge sent', 'purged sent'])
  })

  it('are not told to somebody who has paid in the meantime', async () => {
    const server = await world.withMail()
    const own = await proposed()
    expect(server.mails).toHaveLength(2)
    const intent = world.automation.intents(own.id).find((known) => known.kind === 'terminate')
    await world.automation.handlers['intents.approve']({ id: intent?.id ?? '', confirm: own.vm.name })
    await world.automation.run()
    world.automation.estate.billing.payInvoice(own.pendingInvoice())
    await world.notices.pass()
    expect(server.mails).toHaveLength(2)
    expect(states().at(-1)).toBe('terminated withdrawn')
  })

  it('wait for nobody: a VM is purged while the mail server is away', async () => {
    const server = await world.withMail()
    const own = await proposed()
    await confirm('terminate', own)
    await server.stop()
    await daysLater(7, own)
    await confirm('purge', own)
    expect(world.automation.intents(own.id)[0]).toMatchObject({ kind: 'purge', state: 'done' })
    expect(world.rows().at(-1)).toMatchObject({ kind: 'purged', state: 'queued', error: { code: expect.any(String) as string } })
  })
})

describe('a warning', () => {
  it('goes out once for an invoice and a day of suspension', async () => {
    const server = await world.withMail()
    const { id, pendingInvoice } = world.automation.service('overdue', soonOver)
    only(id)
    await world.notices.pass()
    await world.notices.pass()
    world.automation.estate.clock.advance({ hours: 5 })
    await world.notices.pass()
    expect(states()).toEqual(['before-suspension sent'])
    expect(server.mails).toHaveLength(1)
    expect(server.mails[0]?.text).toContain(`Invoice ${pendingInvoice()} over `)
    expect(server.mails[0]?.text).toContain('will be stopped on')
  })

  it('goes out again when the day has moved', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', soonOver)
    only(id)
    await world.notices.pass()
    world.automation.policy({ graceDays: '9' })
    await world.notices.pass()
    expect(server.mails).toHaveLength(1)
    world.automation.policy({ warnDaysBefore: '9' })
    await world.notices.pass()
    expect(server.mails).toHaveLength(2)
    expect(new Set(world.rows().map((row) => row.suspendsOn)).size).toBe(2)
  })

  it('does not reach somebody who paid a minute ago', async () => {
    const server = await world.withMail()
    const { id, pendingInvoice } = world.automation.service('overdue', soonOver)
    only(id)
    world.automation.estate.billing.payInvoice(pendingInvoice())
    await world.notices.pass()
    expect(states()).toEqual(['before-suspension withdrawn'])
    expect(server.mails).toEqual([])
  })

  it('does not go out while billing cannot be asked', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', soonOver)
    only(id)
    world.automation.estate.billing.faults.maintenance = true
    await world.notices.pass()
    expect(server.mails).toEqual([])
    expect(world.rows()).toMatchObject([{ state: 'queued', attempts: 1, error: { code: 'billing.unavailable' } }])
  })

  it('does not go to a customer whose VM is held', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', soonOver)
    only(id)
    world.automation.automation.holds.add(
      { serviceId: asId<ServiceId>(id), kind: 'no-stop', why: 'he called' },
      world.automation.billing.today(),
    )
    await world.notices.pass()
    expect(world.rows()).toEqual([])
    expect(server.mails).toEqual([])
  })
})

describe('a server that does not do its work', () => {
  it('refuses the login: it is shown, tried rarely, and goes on once the password is right', async () => {
    const server = await world.mailServer()
    await world.configure({ ...world.settingsFor(server), password: 'wrong password' })
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    await world.notices.pass()
    expect(server.logins).toHaveLength(1)
    expect(world.rows()).toMatchObject([{ state: 'queued', attempts: 1, error: { code: 'smtp.unauthorized' } }])
    const [trouble] = (await world.handlers['notices.settings']({})).troubles
    expect(trouble).toMatchObject({ channel: 'mail', error: { code: 'smtp.unauthorized' } })
    expect((trouble?.nextAttemptAt ?? 0) - world.automation.context.clock.now()).toBeGreaterThan(14 * minuteMs)

    world.automation.estate.clock.advance({ minutes: 16 })
    await world.notices.pass()
    expect(server.logins).toHaveLength(2)
    await world.configure(world.settingsFor(server))
    await world.notices.pass()
    expect(world.rows()).toMatchObject([{ state: 'sent', error: null }])
    expect(server.mails).toHaveLength(1)
    expect((await world.handlers['notices.settings']({})).troubles).toEqual([])
  })

  it('refuses one recipient: that notice has failed with what the server said, the others go out', async () => {
    const server = await world.withMail()
    const first = world.automation.service('overdue', pastGrace)
    const second = world.automation.service('overdue', soonOver)
    only(first.id, second.id)
    const refused = customerOf(first.id).email
    server.refuseRecipient = (address) => (address === refused ? { code: 550, text: '5.1.1 no such mailbox' } : null)
    await world.automation.run()
    await world.notices.pass()
    expect(server.mails.map((mail) => mail.to[0])).toEqual([customerOf(second.id).email])
    const [failed] = await world.handlers['notices.list']({ states: ['failed'] })
    expect(failed).toMatchObject({ serviceId: first.id, state: 'failed', error: { code: 'smtp.recipient-refused' } })
    expect(failed?.error?.message).toContain('no such mailbox')
    expect(recorded(first.id)).toEqual(['notice.failed'])

    server.refuseRecipient = () => null
    await world.handlers['notices.retry']({ id: failed?.id ?? 0 })
    await world.notices.pass()
    expect(server.mails).toHaveLength(2)
    await expect(async () => world.handlers['notices.retry']({ id: failed?.id ?? 0 })).rejects.toMatchObject({
      code: 'notices.wrong-state',
    })
  })

  it('may be given up on: what the operator withdraws is not sent any more', async () => {
    const server = await world.mailServer()
    await world.configure({ ...world.settingsFor(server), password: 'wrong password' })
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    await world.handlers['notices.withdraw']({ id: world.rows()[0]?.id ?? 0 })
    await world.configure(world.settingsFor(server))
    await world.notices.pass()
    expect(server.mails).toEqual([])
    expect(world.rows()).toMatchObject([{ state: 'withdrawn' }])
    expect(recorded(id)).toEqual(['notice.withdrawn'])
  })

  it('asks to come later: each try waits longer, and one day it is given up', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    let asked = 0
    server.refuseRecipient = () => {
      asked += 1
      return { code: 451, text: '4.7.1 greylisted' }
    }
    const pauses: number[] = []
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await world.notices.pass()
      await world.notices.pass()
      expect(asked).toBe(attempt)
      const nextAttemptAt = world.rows()[0]?.nextAttemptAt ?? null
      if (nextAttemptAt === null) break
      pauses.push(Math.round((nextAttemptAt - world.automation.context.clock.now()) / minuteMs))
      world.automation.estate.clock.set(nextAttemptAt + 1_000)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320])
    expect(world.rows()).toMatchObject([{ state: 'failed', attempts: 8, error: { code: 'smtp.later' } }])
  })

  it('has a customer without a usable address: it is told, not guessed', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    world.automation.context.db.sqlite.prepare('update customers set email = ?').run('ada@example.com, eve@example.com')
    await world.notices.pass()
    expect(server.mails).toEqual([])
    expect(world.rows()).toMatchObject([{ state: 'failed', error: { code: 'notices.no-address' } }])
  })

  it('gets names that are hostile, and they stay where they belong', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    const name = `Eve\r\nBcc: all@example.com <script> {{company}} ${'😀'.repeat(10_000)}`
    world.automation.context.db.sqlite.prepare('update customers set first_name = ?, last_name = null').run(name)
    await world.notices.pass()
    const [mail] = server.mails
    expect(mail?.to).toEqual([customerOf(id).email])
    expect(Object.keys(mail?.headers ?? {})).not.toContain('bcc')
    expect(mail?.text).toContain(`Hello Eve Bcc: all@example.com <script> {{company}} ${'😀'.repeat(10_000)},`)
  })

  it('never brings the password into the log, an error, a row or a file', async () => {
    const server = await world.mailServer({ login: { user: 'console', password: 'another' } })
    await world.configure(world.settingsFor(server))
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    expect(server.logins).toEqual([{ user: 'console', accepted: false }])
    const failure: unknown = await Promise.resolve(world.handlers['notices.sendTest']({ to: 'me@acme.example' })).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'smtp.unauthorized' })
    world.automation.context.db.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    const files = readdirSync(world.automation.dataDir).map((name) => readFileSync(join(world.automation.dataDir, name), 'utf8'))
    const answers = JSON.stringify([
      failure,
      (failure as Error).message,
      await world.handlers['notices.settings']({}),
      await world.handlers['notices.list']({}),
    ])
    for (const text of [world.automation.logText, answers, ...files]) {
      expect(text).not.toContain(mailPassword)
      expect(text).not.toContain(Buffer.from(mailPassword).toString('base64'))
    }
  })
})

describe('a worker that died', () => {
  it('while it was sending leaves a notice that is shown and not sent twice, until the operator says so', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    world.automation.context.db.sqlite.prepare(`update notices set state = 'sending'`).run()
    await world.reopen()
    await world.notices.pass()
    await world.notices.pass()
    expect(server.mails).toEqual([])
    expect(world.rows()).toMatchObject([{ state: 'uncertain', error: { code: 'notices.outcome-unknown' } }])
    await world.handlers['notices.retry']({ id: world.rows()[0]?.id ?? 0 })
    await world.notices.pass()
    expect(server.mails).toHaveLength(1)
  })

  it('before it sent anything leaves a notice that the next one sends', async () => {
    const server = await world.withMail()
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.reopen()
    await world.notices.pass()
    expect(server.mails).toHaveLength(1)
  })
})

describe('a ticket', () => {
  const byTicket = (): MethodInput<'notices.configure'> => ({
    enabled: true,
    kinds: { 'before-suspension': true, suspended: true, 'given-back': true },
    mail: null,
    ticket: { authorId: 1 },
  })

  it('is made in Paymenter with its message, and both are read back', async () => {
    await world.configure(byTicket())
    const { id, vm } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    const [row] = world.rows()
    expect(row).toMatchObject({ channel: 'ticket', state: 'sent', error: null })
    const { billing } = world.automation.estate
    const headers = { accept: 'application/json', authorization: `Bearer ${billing.tokens.full}` }
    const answer = (await (
      await fetch(`${billing.url}/api/v1/admin/tickets/${row?.reference ?? ''}?include=user,messages`, { headers })
    ).json()) as {
      data: { attributes: Record<string, unknown> }
      included: { type: string; attributes: { message?: string } }[]
    }
    expect(answer.data.attributes).toMatchObject({
      subject: `Your server ${vm.name} has been stopped`,
      user_id: row?.customerId,
      status: 'replied',
    })
    expect(answer.included.find((entry) => entry.type === 'ticketMessages')?.attributes.message).toContain('has therefore been stopped')
  })

  it('is told to need a permission, by name, where the key lacks it', async () => {
    await world.configure(byTicket())
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.automation.billing.connect({
      url: world.automation.estate.billing.url,
      token: world.automation.estate.billing.tokens.readonly,
    })
    await world.notices.pass()
    expect(world.rows()).toMatchObject([{ state: 'queued', error: { code: 'billing.forbidden' } }])
    expect(world.rows()[0]?.error?.message).toContain('tickets.create')
  })

  it('and a mail are both sent where both are wanted', async () => {
    const server = await world.mailServer()
    await world.configure({ ...world.settingsFor(server), ticket: { authorId: 1 } })
    const { id } = world.automation.service('overdue', pastGrace)
    only(id)
    await world.automation.run()
    await world.notices.pass()
    expect(
      world
        .rows()
        .map((row) => `${row.channel} ${row.state}`)
        .sort(),
    ).toEqual(['mail sent', 'ticket sent'])
  })
})

describe('the settings', () => {
  const wrong: [string, (settings: MethodInput<'notices.configure'>) => MethodInput<'notices.configure'>, string][] = [
    [
      'a server with a scheme',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, host: 'smtps://mail.example.com' } }),
      'notices.invalid',
    ],
    [
      'a port that cannot be',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, port: 70_000 } }),
      'notices.invalid',
    ],
    [
      'no TLS over a network',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, host: 'mail.example.com', security: 'none' } }),
      'notices.invalid',
    ],
    [
      'a sender with a line break',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, fromName: 'a\r\nBcc: b@c.example' } }),
      'notices.invalid',
    ],
    [
      'a sender that is a list',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, fromAddress: 'a@b.example,c@d.example' } }),
      'notices.invalid',
    ],
    [
      'a certificate that is none',
      (settings) => ({ ...settings, mail: settings.mail && { ...settings.mail, certificate: 'hello' } }),
      'notices.invalid',
    ],
    [
      'another server without its password',
      ({ password: _kept, ...settings }) => ({ ...settings, mail: settings.mail && { ...settings.mail, host: 'mail.example.com' } }),
      'notices.password-needed',
    ],
  ]
  it.each(wrong)('are refused as a whole with %s', async (_name, change, code) => {
    const server = await world.mailServer()
    await world.configure(world.settingsFor(server))
    const before = await world.handlers['notices.settings']({})
    await expect(world.configure(change(world.settingsFor(server)))).rejects.toMatchObject({ code })
    expect(await world.handlers['notices.settings']({})).toEqual(before)
    expect(methods['notices.settings'].output.parse(before)).toEqual(before)
  })

  it('are tried with a mail to the operator, whose answer is shown', async () => {
    const server = await world.withMail()
    const result = await world.handlers['notices.sendTest']({ to: 'me@acme.example', kind: 'suspended' })
    expect(result.answer).toContain('250')
    expect(server.mails).toMatchObject([{ to: ['me@acme.example'] }])
    expect(world.rows()).toEqual([])
  })

  it('hold templates of one’s own, previewed for a real service before they are saved', async () => {
    const server = await world.withMail()
    const { id, vm } = world.automation.service('overdue', pastGrace)
    only(id)
    const template = { subject: '{{vm}} ist aus', body: 'Guten Tag {{customer}}: {{amount}}' }
    expect(await world.handlers['notices.preview']({ kind: 'suspended', template, serviceId: id })).toMatchObject({
      subject: `${vm.name} ist aus`,
      sample: false,
    })
    await expect(async () =>
      world.handlers['notices.setTemplate']({ kind: 'suspended', template: { subject: 'x', body: '{{custmer}}' } }),
    ).rejects.toMatchObject({ code: 'notices.unknown-variable' })
    await world.handlers['notices.setTemplate']({ kind: 'suspended', template })
    await world.automation.run()
    await world.notices.pass()
    expect(server.mails[0]?.headers['subject']).toBe(`${vm.name} ist aus`)
    expect(server.mails[0]?.text).toMatch(/^Guten Tag .+: [\d.]+ INR\n$/)
    expect(await world.handlers['notices.setTemplate']({ kind: 'suspended', template: null })).toMatchObject({ isDefault: true })
  })
})
