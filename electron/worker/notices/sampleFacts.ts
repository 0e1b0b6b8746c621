// What a notice would say: with made-up facts, or with those of one service as they stand.
import { invoicesForNotice } from '../../../db/repositories/notices.ts'
import type { LinkedService } from '../../../db/repositories/serviceFacts.ts'
import { addDays, dayOf } from '../../../shared/domain/calendar.ts'
import { reasonBefore, reasonOfGivingBack, reasonOfSuspension, type NoticeFacts } from '../../../shared/domain/notices/message.ts'
import { variablesOf, type NoticeKind } from '../../../shared/domain/notices/template.ts'
import type { Billing } from '../billing/billing.ts'
import type { Context } from '../context.ts'
import { companyOf } from './delivery.ts'
import { loadSettings } from './settings.ts'

function reasonOfKind(kind: NoticeKind, invoices: NoticeFacts['invoices']): string {
  if (kind === 'given-back') return reasonOfGivingBack
  return kind === 'before-suspension' ? reasonBefore('overdue', invoices) : reasonOfSuspension('overdue', invoices)
}

export function sampleFacts(context: Context, billing: Billing, kind: NoticeKind): NoticeFacts {
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
    company: companyOf(loadSettings(context.db.orm)),
  }
}

/** The facts of a service; a day of suspension is made up, for it need not be near one. */
export function factsOfService(context: Context, billing: Billing, kind: NoticeKind, service: LinkedService): NoticeFacts {
  const pending = service.facts.invoices.filter((invoice) => invoice.status === 'pending').map((invoice) => invoice.id)
  const invoices = invoicesForNotice(context.db.orm, pending)
  return {
    ...sampleFacts(context, billing, kind),
    customerName: service.customerName,
    productName: service.productName,
    serviceId: service.serviceId,
    vmName: service.linkedName,
    invoices,
    reason: reasonOfKind(kind, invoices),
  }
}
