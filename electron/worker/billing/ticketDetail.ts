// A ticket with its conversation, from the mirror.
import type { z } from 'zod'
import type { SupportLists } from '../../../db/repositories/supportLists.ts'
import type { ticketDetail } from '../../../shared/contract/billing.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Billing } from './billing.ts'

export type TicketDetail = z.output<typeof ticketDetail>

/** Throws `billing.unknown-row`. */
export function ticketOf(billing: Billing, lists: SupportLists, id: number): TicketDetail {
  const ticket = lists.tickets({ filter: `id:${id}`, gone: true }).rows[0]
  if (ticket === undefined) throw new Failure('billing.unknown-row', `Ticket ${id} is not known here.`, 'Read what is new from Paymenter, then look again.')
  const asOf = billing.asOf('ticketMessages') ?? billing.asOf('tickets')
  return { ticket, messages: lists.messagesOf(id), asOf, missing: billing.missing('tickets') ?? billing.missing('ticketMessages') }
}
