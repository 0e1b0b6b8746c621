// The contract's methods that change something in Paymenter.
import { listActs } from '../../../db/repositories/billingActs.ts'
import type { billingWriteMethods } from '../../../shared/contract/billingWrites.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Billing } from './billing.ts'
import { Changes } from './changes.ts'
import { Payment } from './payment.ts'
import { ServiceChanges } from './serviceChanges.ts'
import { TicketChanges } from './ticketChanges.ts'

const usualActs = 200

export function billingWriteHandlers(context: Context, billing: Billing, audit: Audit): Pick<Handlers, keyof typeof billingWriteMethods> {
  const changes = new Changes(context, billing, audit)
  const payment = new Payment(changes, billing)
  const services = new ServiceChanges(changes, billing)
  const tickets = new TicketChanges(changes, billing)
  return {
    'billing.previewPayment': async ({ invoiceId }) => payment.preview(invoiceId),
    'billing.markPaid': async ({ invoiceId, token, why }) => payment.markPaid(invoiceId, token, why),
    'billing.setDueDate': async (input) => services.setDueDate(input),
    'billing.setServiceStatus': async (input) => services.setServiceStatus(input),
    'billing.setServiceExpiry': async (input) => services.setServiceExpiry(input),
    'billing.setCredit': async (input) => services.setCredit(input),
    'billing.setTicketStatus': async (input) => tickets.setStatus(input),
    'billing.setTicketPriority': async (input) => tickets.setPriority(input),
    'billing.replyToTicket': async (input) => tickets.reply(input),
    'billing.acts': ({ customerId, limit }) =>
      listActs(context.db.orm, customerId, limit ?? usualActs).map(({ finishedAt: _finishedAt, before, after, ...act }) => ({
        ...act,
        before: before as Record<string, unknown>,
        after: after as Record<string, unknown>,
      })),
  }
}
