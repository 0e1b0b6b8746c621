// Orders, credits, tickets and their messages: from Paymenter's JSON:API rows to the mirror's.
import type { CreditRow, OrderRow, TicketMessageRow, TicketRow } from '../../../db/repositories/billingRows.ts'
import { amountMinor, currencyOf, mirrored, text, wholeNumber } from './rows.ts'
import { readId, relatedIds, type PaymenterRow } from './schema.ts'

export function orderOf(row: PaymenterRow): OrderRow {
  return {
    ...mirrored(row, ['services', 'user']),
    customerId: readId(row.attributes['user_id']) ?? relatedIds(row, 'user')?.[0] ?? null,
    currency: currencyOf(row),
    serviceIds: relatedIds(row, 'services') ?? null,
  }
}

export function creditOf(row: PaymenterRow): CreditRow {
  const currency = currencyOf(row)
  return {
    ...mirrored(row, ['user']),
    customerId: relatedIds(row, 'user')?.[0] ?? null,
    currency,
    amountMinor: amountMinor(row.attributes['amount'], currency),
  }
}

export function ticketOf(row: PaymenterRow): TicketRow {
  return {
    ...mirrored(row, ['user']),
    customerId: readId(row.attributes['user_id']) ?? relatedIds(row, 'user')?.[0] ?? null,
    subject: text(row.attributes['subject']) ?? '',
    status: text(row.attributes['status']) ?? '',
    priority: text(row.attributes['priority']) ?? '',
    department: text(row.attributes['department']),
    assignedTo: wholeNumber(row.attributes['assigned_to']),
  }
}

export function ticketMessageOf(row: PaymenterRow): TicketMessageRow {
  return {
    ...mirrored(row, ['user', 'ticket']),
    ticketId: relatedIds(row, 'ticket')?.[0] ?? null,
    authorId: relatedIds(row, 'user')?.[0] ?? null,
    message: text(row.attributes['message']) ?? '',
  }
}
