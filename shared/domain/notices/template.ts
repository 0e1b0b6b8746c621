// Templates of notices: which there are, what may stand in them, how they are checked and filled in. Plain text, never markup.
import { Failure } from '../failure.ts'

export const noticeKinds = [
  'before-suspension',
  'suspended',
  'given-back',
  'before-termination',
  'terminated',
  'before-purge',
  'purged',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

export interface NoticeTemplate {
  readonly subject: string
  readonly body: string
}

/** What each variable stands for, in the operator's words. */
export const variableMeanings = {
  customer: 'the customer’s name',
  product: 'the product’s name',
  service: 'the service’s number in Paymenter',
  vm: 'the VM’s name',
  invoice: 'the number of the invoice, or of each',
  amount: 'what is owed, with its currency',
  reason: 'why, in a sentence',
  suspendDate: 'the day on which the VM will be stopped',
  deleteDate: 'the day from which the VM and its data are deleted',
  company: 'the sender’s name',
} as const
export type NoticeVariable = keyof typeof variableMeanings
export type NoticeValues = Readonly<Record<NoticeVariable, string>>

const longestSubject = 200
export const longestBody = 20_000

const always: readonly NoticeVariable[] = ['customer', 'product', 'service', 'vm', 'invoice', 'amount', 'reason', 'company']

/** The variables that mean something in a kind of notice. */
export function variablesOf(kind: NoticeKind): readonly NoticeVariable[] {
  if (kind === 'before-suspension') return [...always, 'suspendDate']
  return kind === 'terminated' || kind === 'before-purge' ? [...always, 'deleteDate'] : always
}

export const defaultTemplates: Readonly<Record<NoticeKind, NoticeTemplate>> = {
  'before-suspension': {
    subject: 'Your server {{vm}} will be stopped on {{suspendDate}}',
    body: `Hello {{customer}},

{{reason}}

If nothing changes, your server {{vm}} ({{product}}, service {{service}}) will be stopped on {{suspendDate}}. Nothing is deleted then: as soon as the payment has arrived, it is started again.

If you have paid in the meantime, please ignore this message.

{{company}}
`,
  },
  suspended: {
    subject: 'Your server {{vm}} has been stopped',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) has therefore been stopped. Your data are kept. As soon as this is settled, the server is started again by itself.

{{company}}
`,
  },
  'given-back': {
    subject: 'Your server {{vm}} is running again',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) has been started again and is running.

{{company}}
`,
  },
  'before-termination': {
    subject: 'Your server {{vm}} is about to be terminated',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) has been stopped for a long time and is about to be terminated. Its data are still there: as soon as this is settled, it is started again.

{{company}}
`,
  },
  terminated: {
    subject: 'Your server {{vm}} has been terminated',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) has therefore been terminated. Its data are kept until {{deleteDate}}, and deleted from that day on. If you want it back, please settle this before, or write to us.

{{company}}
`,
  },
  'before-purge': {
    subject: 'The data of your server {{vm}} will be deleted from {{deleteDate}} on',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) has been terminated. From {{deleteDate}} on it is deleted with all its data; that cannot be undone. If you want to keep it, please settle this before, or write to us.

{{company}}
`,
  },
  purged: {
    subject: 'Your server {{vm}} has been deleted',
    body: `Hello {{customer}},

{{reason}}

Your server {{vm}} ({{product}}, service {{service}}) and its data have been deleted.

{{company}}
`,
  },
}

const placeholder = /\{\{([^{}]*)\}\}/g

function refuse(message: string, hint?: string): never {
  throw new Failure('notices.invalid-template', message, hint ?? 'Nothing was changed.')
}

function checkVariables(kind: NoticeKind, where: string, text: string): void {
  const known = variablesOf(kind)
  const unknown = [
    ...new Set(
      [...text.matchAll(placeholder)]
        .map((match) => (match[1] ?? '').trim())
        .filter((name) => !(known as readonly string[]).includes(name)),
    ),
  ]
  if (unknown.length > 0) {
    const named = unknown.map((name) => `{{${name.slice(0, 60)}}}`).join(', ')
    throw new Failure(
      'notices.unknown-variable',
      `The ${where} has ${unknown.length === 1 ? 'a variable that is' : 'variables that are'} not known here: ${named}.`,
      `Known are ${known.map((name) => `{{${name}}}`).join(', ')}. Nothing was changed.`,
    )
  }
  const rest = text.replaceAll(placeholder, '')
  if (rest.includes('{{') || rest.includes('}}'))
    refuse(`The ${where} has braces that do not belong together.`, 'A variable is written {{customer}}. Nothing was changed.')
}

/** Throws `notices.unknown-variable`, naming each, or `notices.invalid-template`; otherwise gives back the template, trimmed. */
export function checkTemplate(kind: NoticeKind, template: NoticeTemplate): NoticeTemplate {
  const subject = template.subject.trim()
  const body = `${template.body.replaceAll('\r\n', '\n').trim()}\n`
  if (subject === '') refuse('The subject is blank.')
  if (/[\p{Cc}\u2028\u2029]/u.test(subject)) refuse('The subject has a line break or a control character.')
  if (subject.length > longestSubject) refuse(`The subject is longer than ${longestSubject} characters.`)
  if (body.trim() === '') refuse('The text is blank.')
  if (/[^\P{Cc}\n\t]/u.test(body)) refuse('The text has a control character.')
  if (body.length > longestBody) refuse(`The text is longer than ${longestBody.toLocaleString('en-US')} characters.`)
  checkVariables(kind, 'subject', subject)
  checkVariables(kind, 'text', body)
  return { subject, body }
}

/** Fills in a checked template. What the values hold is never read as a variable again. */
export function fillIn(text: string, values: NoticeValues): string {
  return text.replaceAll(placeholder, (whole, name: string) => {
    const known = name.trim()
    return Object.hasOwn(values, known) ? values[known as NoticeVariable] : whole
  })
}
