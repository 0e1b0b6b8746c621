// The contract's methods of notices: settings, templates, preview, test, list.
import { randomUUID } from 'node:crypto'
import { linkedServices, type LinkedService } from '../../../db/repositories/serviceFacts.ts'
import { invoicesForNotice } from '../../../db/repositories/notices.ts'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { addDays, dayOf } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type ServiceId } from '../../../shared/domain/ids.ts'
import { isLoopbackMailHost, parseMailAddress } from '../../../shared/domain/notices/mailAddress.ts'
import { compose, reasonBefore, reasonOfGivingBack, reasonOfSuspension, type NoticeFacts } from '../../../shared/domain/notices/message.ts'
import { checkTemplate, noticeKinds, variableMeanings, variablesOf, type NoticeKind } from '../../../shared/domain/notices/template.ts'
import type { Audit } from '../audit/audit.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { companyOf } from './delivery.ts'
import type { Notices } from './notices.ts'
import { SendProblem } from './sendProblem.ts'
import { checkMail, loadSettings, loadTemplate, passwordSecret, saveSettings, saveTemplate, type NoticeSettings } from './settings.ts'

type NoticeMethods = Extract<keyof Handlers, `notices.${string}`>
type Configuration = MethodParsedInput<'notices.configure'>
const defaultLimit = 500

export interface NoticeParts {
  readonly context: Context
  readonly billing: Billing
  readonly audit: Audit
  readonly notices: Notices
  /** The demo's customers are not real: only a server on this machine is ever given their mail. */
  readonly demo: boolean
}

function reasonOfKind(kind: NoticeKind, invoices: NoticeFacts['invoices']): string {
  if (kind === 'given-back') return reasonOfGivingBack
  return kind === 'before-suspension' ? reasonBefore('overdue', invoices) : reasonOfSuspension('overdue', invoices)
}

export function noticeHandlers({ context, billing, audit, notices, demo }: NoticeParts): Pick<Handlers, NoticeMethods> {
  const { orm } = context.db

  const status = async (): Promise<MethodOutput<'notices.settings'>> => {
    const settings = loadSettings(orm)
    let passwordKept = false
    try {
      passwordKept = (await context.secrets.get(passwordSecret)) !== null
    } catch (error) {
      // A locked keychain has its own notice; the settings stay readable.
      if (!(error instanceof Failure)) throw error
    }
    return {
      ...settings,
      passwordKept,
      troubles: notices.rest.list(),
      quietBecause: notices.quietBecause(settings),
      counts: notices.book.counts(),
    }
  }

  const configure = async ({ password, ...wanted }: Configuration): Promise<MethodOutput<'notices.settings'>> => {
    const next: NoticeSettings = { ...wanted, mail: wanted.mail === null ? null : checkMail(wanted.mail) }
    const before = loadSettings(orm)
    if (demo && next.mail !== null && !isLoopbackMailHost(next.mail.host)) {
      throw new Failure(
        'notices.demo',
        'In the demo mail goes only to a server on this machine: its customers are made up.',
        'Leave the demo to set up your own mail server.',
      )
    }
    if (next.mail?.user != null && password === undefined) {
      const known = before.mail
      const isSame =
        known !== null &&
        known.host === next.mail.host &&
        known.port === next.mail.port &&
        known.user === next.mail.user &&
        known.security === next.mail.security
      const kept = (await context.secrets.get(passwordSecret)) !== null
      if (kept && !isSame)
        throw new Failure(
          'notices.password-needed',
          'Server or user is another one now: the password that is kept is not sent there unasked.',
          'Enter the password again.',
        )
    }
    if (password === null || next.mail === null || next.mail.user === null) {
      if ((await context.secrets.get(passwordSecret)) !== null) await context.secrets.delete(passwordSecret)
    } else if (password !== undefined) await context.secrets.set(passwordSecret, password)
    context.db.transaction(() => {
      saveSettings(orm, next)
      audit.append({
        actor: 'operator',
        action: 'notices.configured',
        why: next.enabled ? 'Notices are on.' : 'Notices are off.',
        detail: {
          enabled: next.enabled,
          kinds: next.kinds,
          server: next.mail === null ? null : `${next.mail.host}:${next.mail.port}`,
          ticket: next.ticket !== null,
        },
      })
    })
    notices.tryNow()
    return status()
  }

  const templateRow = (kind: NoticeKind): MethodOutput<'notices.setTemplate'> => ({
    kind,
    ...loadTemplate(orm, kind),
    variables: variablesOf(kind).map((name) => ({ name, meaning: variableMeanings[name] })),
  })

  const sample = (kind: NoticeKind): NoticeFacts => {
    const today = dayOf(context.clock.now(), billing.connected() ? billing.timeZone() : 'UTC')
    const invoices = [{ id: 1042, total: { amountMinor: 49_900, currency: 'INR' }, dueOn: addDays(today, -1) }]
    return {
      kind,
      customerName: 'Ada Lovelace',
      productName: 'Starter VPS',
      serviceId: 104,
      vmName: 'vps-104-starter-vps',
      invoices,
      suspendsOn: variablesOf(kind).some((name) => name.endsWith('Date')) ? addDays(today, 2) : null,
      reason: reasonOfKind(kind, invoices),
      company: companyOf(loadSettings(orm)),
    }
  }

  const factsOf = (kind: NoticeKind, service: LinkedService): NoticeFacts => {
    const pending = service.facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => invoice.id)
    const invoices = invoicesForNotice(orm, pending)
    return {
      ...sample(kind),
      customerName: service.customerName,
      productName: service.productName,
      serviceId: service.serviceId,
      vmName: service.linkedName,
      invoices,
      reason: reasonOfKind(kind, invoices),
    }
  }

  const preview = ({ kind, template, serviceId }: MethodParsedInput<'notices.preview'>): MethodOutput<'notices.preview'> => {
    const checked = template === undefined ? loadTemplate(orm, kind) : checkTemplate(kind, template)
    if (serviceId === undefined) return { ...compose(checked, sample(kind)), to: null, sample: true }
    const service = billing.connected() ? linkedServices(orm, billing.timeZone(), asId<ServiceId>(serviceId))[0] : undefined
    if (!service)
      throw new Failure(
        'link.unknown',
        `Service ${serviceId} is not linked to a VM.`,
        'Confirm its link first, or preview with sample facts.',
      )
    return { ...compose(checked, factsOf(kind, service)), to: service.customerName, sample: false }
  }

  const sendTest = async ({
    to,
    kind = 'before-suspension',
  }: MethodParsedInput<'notices.sendTest'>): Promise<MethodOutput<'notices.sendTest'>> => {
    const address = parseMailAddress(to)
    if (address === null) throw new Failure('notices.invalid', `“${to.slice(0, 80)}” is not a mail address.`, 'Nothing was sent.')
    const { mail } = loadSettings(orm)
    if (mail === null) throw new Failure('notices.not-set-up', 'No mail server is set up.', 'Save one first.')
    const messageId = `test-${randomUUID()}@${mail.fromAddress.slice(mail.fromAddress.lastIndexOf('@') + 1)}`
    try {
      const { answer } = await notices.delivery.mail(
        mail,
        { name: null, address },
        compose(loadTemplate(orm, kind), sample(kind)),
        messageId,
        new AbortController().signal,
      )
      notices.tryNow()
      return { to: address, messageId, answer }
    } catch (error) {
      throw error instanceof SendProblem ? error.failure : error
    }
  }

  return {
    'notices.settings': status,
    'notices.configure': configure,
    'notices.templates': () => noticeKinds.map(templateRow),
    'notices.setTemplate': ({ kind, template }) => {
      context.db.transaction(() => {
        saveTemplate(orm, kind, template)
        audit.append({
          actor: 'operator',
          action: 'notices.template-set',
          why: template === null ? `The built-in text for ${kind} again.` : `A new text for ${kind}.`,
          detail: { kind, ...template },
        })
      })
      context.changed('notices')
      return templateRow(kind)
    },
    'notices.preview': preview,
    'notices.sendTest': sendTest,
    'notices.list': ({ states, serviceId, limit }) =>
      notices.book.list({
        states,
        serviceId: serviceId === undefined ? undefined : asId<ServiceId>(serviceId),
        limit: limit ?? defaultLimit,
      }),
    'notices.retry': ({ id }) => {
      const row = notices.book.requeue(id)
      notices.tryNow()
      return row
    },
    'notices.withdraw': ({ id }) => {
      notices.book.withdraw(id)
      return { ok: true }
    },
  }
}
