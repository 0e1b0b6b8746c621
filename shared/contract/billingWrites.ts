// Changes in Paymenter by the operator's hand: each names what it expects to find, is recorded, and is read back.
import { z } from 'zod'
import { invoiceRow, creditRow, serviceRow, ticketDetail } from './billing.ts'
import { day, failure, instant, method, paymenterId } from './define.ts'

/** For the record. */
const why = z.string().max(500).optional()
const serviceStatus = z.enum(['pending', 'active', 'suspended', 'cancelled'])
const ticketStatus = z.enum(['open', 'replied', 'closed'])
const ticketPriority = z.enum(['low', 'medium', 'high'])

/** What a payment does to one service. */
export const renewal = z.object({
  serviceId: paymenterId,
  customerName: z.string().nullable(),
  productName: z.string().nullable(),
  /** The status now; it becomes active. */
  status: z.string(),
  /** Its expiry now. */
  expiresAt: day.nullable(),
  /** Where the new period begins: the old expiry of an active service, today for any other. */
  from: day.nullable(),
  /** The new expiry as far as it can be told; null: it never expires, or its period is not known (`note` says which). */
  to: day.nullable(),
  note: z.string().nullable(),
})

export const paymentPreview = z.object({
  invoice: invoiceRow,
  renewals: z.array(renewal),
  /** Why it cannot be marked as paid from here; null when it can. */
  refused: failure.nullable(),
  /** To be handed back: the payment is only sent when nothing of this has changed meanwhile. */
  token: z.string(),
})

const billingActRow = z.object({
  id: z.number().int(),
  at: instant,
  kind: z.enum(['invoice-due', 'invoice-paid', 'service-status', 'service-expiry', 'credit', 'ticket-status', 'ticket-priority', 'ticket-reply']),
  rowId: paymenterId.nullable(),
  customerId: paymenterId.nullable(),
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
  /** `sending`, or `unknown` after the worker died meanwhile: look at the row. */
  state: z.enum(['sending', 'seen', 'refused', 'unknown']),
  error: failure.nullable(),
})

export const billingWriteMethods = {
  /** Reads the invoice and its services afresh, and says what marking it as paid does. Changes nothing. */
  'billing.previewPayment': method(z.object({ invoiceId: paymenterId }), paymentPreview),
  /** Marks a pending invoice as paid, once and never again; answers with what was seen of it and of its services afterwards. */
  'billing.markPaid': method(
    z.object({ invoiceId: paymenterId, token: z.string().max(100), why }),
    z.object({ invoice: invoiceRow, services: z.array(serviceRow) }),
  ),
  'billing.setDueDate': method(
    z.object({ invoiceId: paymenterId, dueAt: day, expected: z.object({ status: z.string(), dueAt: day.nullable() }), why }),
    invoiceRow,
  ),
  /** Sets the status in Paymenter only: no VM is touched, and automation does not take it for evidence. */
  'billing.setServiceStatus': method(
    z.object({ serviceId: paymenterId, status: serviceStatus, expected: z.object({ status: z.string() }), why }),
    serviceRow,
  ),
  /** Today or later in Paymenter's zone; null: it never expires. */
  'billing.setServiceExpiry': method(
    z.object({ serviceId: paymenterId, expiresAt: day.nullable(), expected: z.object({ expiresAt: day.nullable() }), why }),
    serviceRow,
  ),
  /** A customer has at most one credit a currency: `expected` null makes it, a number changes it. */
  'billing.setCredit': method(
    z.object({
      customerId: paymenterId,
      currency: z.string().regex(/^[A-Z]{3}$/),
      amountMinor: z.number().int().min(0),
      expected: z.object({ amountMinor: z.number().int().nullable() }),
      why,
    }),
    creditRow,
  ),
  'billing.setTicketStatus': method(z.object({ ticketId: paymenterId, status: ticketStatus, expected: z.object({ status: z.string() }), why }), ticketDetail),
  'billing.setTicketPriority': method(z.object({ ticketId: paymenterId, priority: ticketPriority, expected: z.object({ priority: z.string() }), why }), ticketDetail),
  /**
   * Answers a ticket. `lastMessageId` is the newest message that the operator has seen: refused when there is a newer one. `authorId` is
   * Paymenter's user in whose name it is written; left out, the one that notices are written by. `status` is set after it.
   */
  'billing.replyToTicket': method(
    z.object({
      ticketId: paymenterId,
      message: z.string().trim().min(1).max(5_000),
      authorId: paymenterId.optional(),
      status: ticketStatus.optional(),
      expected: z.object({ lastMessageId: paymenterId.nullable() }),
      why,
    }),
    ticketDetail,
  ),
  /** What was changed from here, newest first. */
  'billing.acts': method(z.object({ customerId: paymenterId.optional(), limit: z.number().int().min(1).max(1_000).optional() }), z.array(billingActRow)),
}
