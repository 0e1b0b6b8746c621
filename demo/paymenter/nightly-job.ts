// Paymenter's nightly job: invoices, cancelled orders, suspensions, terminations, in that order and within one minute.
import type { Billing } from './billing.ts'
import { DAY_MS, addDays } from './dates.ts'
import { toCents } from './json.ts'
import type { ServiceRow } from './rows.ts'

/** How many rows each step touched. */
export interface NightlyResult {
  invoiced: number
  ordersCancelled: number
  suspended: number
  terminated: number
  ticketsClosed: number
}

/** Runs the job once, at Paymenter's present time. It calls no server module: only rows change. */
export function runNightlyJob(billing: Billing): NightlyResult {
  const { settings } = billing
  return {
    invoiced: invoiceExpiring(billing, settings.invoiceDaysBefore),
    ordersCancelled: cancelOrders(billing, settings.cancelOrderAfterDays),
    suspended: suspendExpired(billing, settings.suspendAfterDays),
    terminated: terminateExpired(billing, settings.terminateAfterDays),
    ticketsClosed: closeTickets(billing, settings.closeTicketAfterDays),
  }
}

/** True when the service's expiry, a local midnight, lies before the present wall time shifted by days. */
function expiresBefore(billing: Billing, service: ServiceRow, shiftDays: number): boolean {
  if (service.expires_at === null) return false
  const { day, secondOfDay } = billing.zone.local(billing.now())
  const limit = addDays(day, shiftDays)
  return service.expires_at < limit || (service.expires_at === limit && secondOfDay > 0)
}

function withStatus(billing: Billing, status: ServiceRow['status']): ServiceRow[] {
  return billing.database.services.where('status', status)
}

function setStatus(billing: Billing, service: ServiceRow, status: ServiceRow['status']): void {
  billing.database.services.update(service, { status, updated_at: billing.now() })
}

function invoiceExpiring(billing: Billing, days: number): number {
  let count = 0
  for (const service of withStatus(billing, 'active')) {
    if (!expiresBefore(billing, service, days)) continue
    if (billing.database.invoicesOfService(service.id).some((invoice) => invoice.status === 'pending')) continue
    if (toCents(service.price) <= 0n) billing.renew(service)
    else billing.payFromCredit(billing.invoiceService(service))
    count += 1
  }
  return count
}

function cancelOrders(billing: Billing, days: number): number {
  let count = 0
  for (const service of withStatus(billing, 'pending')) {
    const invoices = billing.database.invoicesOfService(service.id)
    if (invoices.some((invoice) => invoice.status === 'paid') || service.created_at >= billing.now() - days * DAY_MS) continue
    cancelPending(billing, service)
    setStatus(billing, service, 'cancelled')
    giveStockBack(billing, service)
    count += 1
  }
  return count
}

function suspendExpired(billing: Billing, days: number): number {
  const expired = withStatus(billing, 'active').filter((service) => expiresBefore(billing, service, -days))
  for (const service of expired) setStatus(billing, service, 'suspended')
  return expired.length
}

function terminateExpired(billing: Billing, days: number): number {
  const expired = withStatus(billing, 'suspended').filter((service) => expiresBefore(billing, service, -days))
  for (const service of expired) {
    setStatus(billing, service, 'cancelled')
    cancelPending(billing, service)
    giveStockBack(billing, service)
  }
  return expired.length
}

function cancelPending(billing: Billing, service: ServiceRow): void {
  for (const invoice of billing.database.invoicesOfService(service.id)) {
    if (invoice.status === 'pending') billing.setInvoiceStatus(invoice, 'cancelled')
  }
}

function giveStockBack(billing: Billing, service: ServiceRow): void {
  const product = billing.database.products.get(service.product_id)
  if (product && product.stock !== null) {
    billing.database.products.update(product, { stock: product.stock + service.quantity, updated_at: billing.now() })
  }
}

function closeTickets(billing: Billing, days: number): number {
  let count = 0
  for (const ticket of billing.database.tickets.all()) {
    const last = billing.database.ticketMessages.where('ticket_id', ticket.id).at(-1)
    if (ticket.status !== 'replied' || !last || last.created_at >= billing.now() - days * DAY_MS) continue
    billing.database.tickets.update(ticket, { status: 'closed', updated_at: billing.now() })
    count += 1
  }
  return count
}
