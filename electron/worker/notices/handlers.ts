// The contract's methods of notices: settings, templates, preview, test, list.
import { randomUUID } from 'node:crypto'
import { linkedServices } from '../../../db/repositories/serviceFacts.ts'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type ServiceId } from '../../../shared/domain/ids.ts'
import { parseMailAddress } from '../../../shared/domain/notices/mailAddress.ts'
import { compose } from '../../../shared/domain/notices/message.ts'
import { checkTemplate, noticeKinds, variableMeanings, variablesOf, type NoticeKind } from '../../../shared/domain/notices/template.ts'
import type { Audit } from '../audit/audit.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { configureNotices } from './configuration.ts'
import type { Notices } from './notices.ts'
import { factsOfService, sampleFacts } from './sampleFacts.ts'
import { SendProblem } from './sendProblem.ts'
import { loadSettings, loadTemplate, passwordSecret, saveTemplate } from './settings.ts'

type NoticeMethods = Extract<keyof Handlers, `notices.${string}`>
const defaultLimit = 500

export interface NoticeParts {
  readonly context: Context
  readonly billing: Billing
  readonly audit: Audit
  readonly notices: Notices
  /** The demo's customers are not real: only a server on this machine is ever given their mail. */
  readonly demo: boolean
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

  const configure = async (configuration: MethodParsedInput<'notices.configure'>): Promise<MethodOutput<'notices.settings'>> => {
    await configureNotices({ context, audit, demo }, configuration)
    notices.tryNow()
    return status()
  }

  const templateRow = (kind: NoticeKind): MethodOutput<'notices.setTemplate'> => ({
    kind,
    ...loadTemplate(orm, kind),
    variables: variablesOf(kind).map((name) => ({ name, meaning: variableMeanings[name] })),
  })

  const preview = ({ kind, template, serviceId }: MethodParsedInput<'notices.preview'>): MethodOutput<'notices.preview'> => {
    const checked = template === undefined ? loadTemplate(orm, kind) : checkTemplate(kind, template)
    if (serviceId === undefined) return { ...compose(checked, sampleFacts(context, billing, kind)), to: null, sample: true }
    const service = billing.connected() ? linkedServices(orm, billing.timeZone(), asId<ServiceId>(serviceId))[0] : undefined
    if (!service)
      throw new Failure(
        'link.unknown',
        `Service ${serviceId} is not linked to a VM.`,
        'Confirm its link first, or preview with sample facts.',
      )
    return { ...compose(checked, factsOfService(context, billing, kind, service)), to: service.customerName, sample: false }
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
        compose(loadTemplate(orm, kind), sampleFacts(context, billing, kind)),
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
