// Notices to customers: how they are sent, what they say, and what became of each.
import { z } from 'zod'
import { day, done, failure, instant, method, nothing, paymenterId } from './define.ts'

const noticeKind = z.enum([
  'before-suspension',
  'suspended',
  'given-back',
  'before-termination',
  'terminated',
  'before-purge',
  'purged',
])
const noticeChannel = z.enum(['mail', 'ticket'])
export const noticeStates = ['queued', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn'] as const
const noticeState = z.enum(noticeStates)
const mailSecurity = z.enum(['tls', 'starttls', 'none'])

export const mailSettings = z.object({
  host: z.string().max(255),
  port: z.number().int(),
  /** `tls` from the first byte, `starttls` demanded, `none` only on this machine itself. */
  security: mailSecurity,
  /** Null: no login. Its password is in the keychain. */
  user: z.string().max(320).nullable(),
  fromName: z.string().max(200),
  fromAddress: z.string().max(320),
  replyTo: z.string().max(320).nullable(),
  /** PEM: trusted besides the system's, for a server with a certificate of its own. */
  certificate: z.string().max(100_000).nullable(),
})

export const noticeSettings = z.object({
  enabled: z.boolean(),
  kinds: z.object({
    'before-suspension': z.boolean(),
    suspended: z.boolean(),
    'given-back': z.boolean(),
    'before-termination': z.boolean().default(true),
    terminated: z.boolean().default(true),
    'before-purge': z.boolean().default(true),
    purged: z.boolean().default(true),
  }),
  /** By mail; null: not. */
  mail: mailSettings.nullable(),
  /** As a ticket in Paymenter, in the name of one of its users (the operator's own); null: not. */
  ticket: z.object({ authorId: paymenterId }).nullable(),
})

const noticeStatus = noticeSettings.extend({
  passwordKept: z.boolean(),
  /** Why nothing goes out now though it should: each channel's last trouble. */
  troubles: z.array(z.object({ channel: noticeChannel, since: instant, nextAttemptAt: instant, error: failure })),
  /** Why nothing goes out at all: switched off, observe, no channel, billing not connected; null when it does. */
  quietBecause: z.string().nullable(),
  counts: z.record(noticeState, z.number()),
})

export const noticeTemplate = z.object({ subject: z.string().max(2_000), body: z.string().max(100_000) })

const noticeTemplateRow = noticeTemplate.extend({
  kind: noticeKind,
  /** Nobody has changed it. */
  isDefault: z.boolean(),
  variables: z.array(z.object({ name: z.string(), meaning: z.string() })),
})

const noticeRow = z.object({
  id: z.number().int(),
  kind: noticeKind,
  channel: noticeChannel,
  serviceId: paymenterId,
  customerId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  productName: z.string().nullable(),
  invoiceIds: z.array(paymenterId),
  suspendsOn: day.nullable(),
  reason: z.string(),
  state: noticeState,
  attempts: z.number(),
  nextAttemptAt: instant.nullable(),
  error: failure.nullable(),
  recipient: z.string().nullable(),
  subject: z.string().nullable(),
  /** The Message-ID, or the ticket's number. */
  reference: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
  sentAt: instant.nullable(),
})

const noticePreview = z.object({ to: z.string().nullable(), subject: z.string(), body: z.string(), sample: z.boolean() })

export const noticeMethods = {
  'notices.settings': method(nothing, noticeStatus),
  /** Refused as a whole when one value is wrong. The password goes to the keychain; null takes it away, absent leaves it. */
  'notices.configure': method(noticeSettings.extend({ password: z.string().min(1).max(4_096).nullable().optional() }), noticeStatus),
  'notices.templates': method(nothing, z.array(noticeTemplateRow)),
  /** Null: the built-in one again. Variables that are not known are refused by name. */
  'notices.setTemplate': method(z.object({ kind: noticeKind, template: noticeTemplate.nullable() }), noticeTemplateRow),
  /** As it would be sent now, for a linked service or with sample facts. */
  'notices.preview': method(
    z.object({ kind: noticeKind, template: noticeTemplate.optional(), serviceId: paymenterId.optional() }),
    noticePreview,
  ),
  /** Sends a sample to an address of the operator's own, by the settings that are saved; the server's answer is the result. */
  'notices.sendTest': method(
    z.object({ to: z.string().max(320), kind: noticeKind.optional() }),
    z.object({ to: z.string(), messageId: z.string(), answer: z.string() }),
  ),
  'notices.list': method(
    z.object({
      states: z.array(noticeState).optional(),
      serviceId: paymenterId.optional(),
      limit: z.number().int().min(1).max(10_000).optional(),
    }),
    z.array(noticeRow),
  ),
  /** Queues one that failed, or that may or may not have gone out, once more. */
  'notices.retry': method(z.object({ id: z.number().int() }), noticeRow),
  /** Takes one that waits, failed or is uncertain off the list of what needs a look. */
  'notices.withdraw': method(z.object({ id: z.number().int() }), done),
}
