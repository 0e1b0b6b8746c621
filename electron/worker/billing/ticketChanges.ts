// Tickets by the operator's hand: status, priority, and an answer that is written once.
import { SupportLists } from '../../../db/repositories/supportLists.ts'
import type { MethodParsedInput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { loadSettings } from '../notices/settings.ts'
import { relatedIds } from '../paymenter/schema.ts'
import type { Billing } from './billing.ts'
import { changedMeanwhile, type Changes, type Session } from './changes.ts'
import { ticketOf, type TicketDetail } from './ticketDetail.ts'

export class TicketChanges {
  readonly #changes: Changes
  readonly #billing: Billing
  readonly #lists: SupportLists

  constructor(changes: Changes, billing: Billing) {
    this.#changes = changes
    this.#billing = billing
    this.#lists = new SupportLists(changes.context.db)
  }

  async setStatus({ ticketId, status, expected, why }: MethodParsedInput<'billing.setTicketStatus'>): Promise<TicketDetail> {
    return this.#changes.inTurn(async (session) => this.#set(session, ticketId, { name: 'status', kind: 'ticket-status', value: status, expected: expected.status, why }))
  }

  async setPriority({ ticketId, priority, expected, why }: MethodParsedInput<'billing.setTicketPriority'>): Promise<TicketDetail> {
    return this.#changes.inTurn(async (session) => this.#set(session, ticketId, { name: 'priority', kind: 'ticket-priority', value: priority, expected: expected.priority, why }))
  }

  /** Refused when the customer has written meanwhile: the answer may not be the right one any more. */
  async reply({ ticketId, message, authorId, status, expected, why }: MethodParsedInput<'billing.replyToTicket'>): Promise<TicketDetail> {
    return this.#changes.inTurn(async (session) => {
      await this.#changes.need(session, 'ticket-messages', 'create')
      if (status !== undefined) await this.#changes.need(session, 'tickets', 'update', ticketId)
      await this.#changes.read(session, 'tickets', ticketId)
      const before = this.#detail(ticketId)
      const author = this.#author(authorId, before)
      const known = await this.#messageIds(session, ticketId)
      const newest = known.at(-1) ?? null
      if (newest !== expected.lastMessageId) throw changedMeanwhile(`the conversation of ticket ${ticketId}`, newest === null ? 'without a message' : `at message ${newest}`)
      let made: number | null = null
      await this.#changes.make({
        kind: 'ticket-reply',
        rowId: ticketId,
        customerId: before.ticket.customerId,
        what: `the conversation of ticket ${ticketId}`,
        before: { lastMessageId: newest },
        after: { authorId: author, characters: message.length },
        why,
        send: async () => session.client.create('ticket-messages', { message, user_id: author, ticket_id: ticketId }),
        readBack: async (answer) => {
          if (answer.kind === 'created') made = answer.id
          if (made !== null) await this.#changes.read(session, 'ticketMessages', made)
          else await this.#messageIds(session, ticketId)
        },
        isSeen: () =>
          this.#detail(ticketId).messages.some((one) => one.id > (newest ?? 0) && one.authorId === author && one.message.trim() === message && (made === null || one.id === made)),
      })
      await this.#readAnswered(session, ticketId)
      if (status !== undefined && this.#detail(ticketId).ticket.status !== status) {
        const now = this.#detail(ticketId).ticket.status
        return this.#set(session, ticketId, { name: 'status', kind: 'ticket-status', value: status, expected: now, why })
      }
      return this.#detail(ticketId)
    })
  }

  /** A message sets its ticket's status by itself. That it cannot be read now is no failure: the answer stands there. */
  async #readAnswered(session: Session, ticketId: number): Promise<void> {
    try {
      await this.#changes.read(session, 'tickets', ticketId)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }

  async #set(
    session: Session,
    ticketId: number,
    change: { name: 'status' | 'priority'; kind: 'ticket-status' | 'ticket-priority'; value: string; expected: string; why: string | undefined },
  ): Promise<TicketDetail> {
    const { name, kind, value, expected, why } = change
    await this.#changes.need(session, 'tickets', 'update', ticketId)
    await this.#changes.read(session, 'tickets', ticketId)
    const before = this.#detail(ticketId)
    if (before.ticket[name] !== expected) throw changedMeanwhile(`ticket ${ticketId}`, before.ticket[name].slice(0, 40))
    if (before.ticket[name] === value) return before
    await this.#changes.holding(session, 'tickets', ticketId, async () =>
      this.#changes.make({
        kind,
        rowId: ticketId,
        customerId: before.ticket.customerId,
        what: `the ${name} of ticket ${ticketId}`,
        before: { [name]: before.ticket[name] },
        after: { [name]: value },
        why,
        send: async () => session.client.update('tickets', ticketId, { [name]: value }),
        readBack: async () => this.#changes.read(session, 'tickets', ticketId, true),
        isSeen: () => this.#detail(ticketId).ticket[name] === value,
      }),
    )
    return this.#detail(ticketId)
  }

  /** The ids of a ticket's messages, oldest first, as Paymenter names them now; those that are not known are read. */
  async #messageIds(session: Session, ticketId: number): Promise<number[]> {
    const answer = await session.client.read('tickets', ticketId, ['messages'])
    const named = answer.kind === 'present' ? relatedIds(answer.row, 'messages') : undefined
    const known = this.#detail(ticketId).messages.map((one) => one.id)
    // Without the permission to see them they do not come along: then what is known must do.
    if (named === undefined) return known
    for (const id of named) if (!known.includes(id)) await this.#changes.read(session, 'ticketMessages', id)
    return [...named].sort((a, b) => a - b)
  }

  /** In whose name it is written: the operator's own, never the customer's. */
  #author(given: number | undefined, { ticket }: TicketDetail): number {
    const author = given ?? loadSettings(this.#changes.context.db.orm).ticket?.authorId
    if (author === undefined) {
      throw new Failure('billing.no-author', 'Paymenter asks in whose name a ticket is answered, and that is not known here.', 'Choose your own user of Paymenter as the author.')
    }
    if (author === ticket.customerId) {
      throw new Failure('billing.invalid-author', `Ticket ${ticket.id} is this customer’s own: the answer would stand there as if the customer had written it.`, 'Choose your own user of Paymenter as the author.')
    }
    return author
  }

  #detail(id: number): TicketDetail {
    return ticketOf(this.#billing, this.#lists, id)
  }
}
