// A notice as a ticket in Paymenter: the ticket, its message, then both read back, for what a create answers is only an echo.
import { Failure } from '../../../shared/domain/failure.ts'
import type { CustomerId } from '../../../shared/domain/ids.ts'
import type { NoticeMessage } from '../../../shared/domain/notices/message.ts'
import type { CreateAnswer, PaymenterClient } from '../paymenter/client.ts'
import { relatedIds } from '../paymenter/schema.ts'
import { SendProblem } from './sendProblem.ts'

/** Paymenter's own limit for a message. */
export const longestTicketMessage = 5_000

/** Codes after which nothing else that is asked of Paymenter would fare better. */
const channelCodes = new Set([
  'billing.unreachable',
  'billing.unauthorized',
  'billing.key-refused',
  'billing.unavailable',
  'billing.rate-limited',
  'billing.not-paymenter',
  'billing.not-connected',
  'billing.forbidden',
])

function unknown(what: string, failure: Failure): SendProblem {
  return new SendProblem(
    'unknown',
    'message',
    new Failure(
      'billing.no-answer',
      `Paymenter did not say whether ${what} was made: ${failure.message}`,
      'Look at the customer’s tickets in Paymenter; then send it again or withdraw it.',
    ),
  )
}

/** A failure from before or instead of a create: nothing was made. */
export function notMade(error: unknown): SendProblem {
  if (error instanceof SendProblem) return error
  if (!(error instanceof Failure)) throw error
  return new SendProblem(
    error.code === 'billing.invalid-answer' ? 'refused' : 'not-sent',
    channelCodes.has(error.code) || error.code.startsWith('keychain.') ? 'channel' : 'message',
    error,
  )
}

async function create(
  client: PaymenterClient,
  resource: 'tickets' | 'ticket-messages',
  what: string,
  fields: Record<string, string | number>,
): Promise<number> {
  let answer: CreateAnswer
  try {
    answer = await client.create(resource, fields)
  } catch (error) {
    throw notMade(error)
  }
  if (answer.kind === 'unknown') throw unknown(what, answer.failure)
  return answer.id
}

/**
 * Makes the ticket (or goes on with the one that an earlier attempt made) and puts the message into it; then reads both back. `onTicket`
 * is told the ticket's id before the message is sent. Throws `SendProblem`s.
 */
export async function sendTicket(
  client: PaymenterClient,
  options: {
    readonly customerId: CustomerId
    readonly authorId: number
    readonly message: NoticeMessage
    readonly ticketId: number | null
    readonly onTicket: (id: number) => void
  },
): Promise<{ ticketId: number }> {
  const { customerId, message } = options
  let { ticketId } = options
  if (ticketId === null) {
    ticketId = await create(client, 'tickets', 'the ticket', {
      subject: message.subject,
      user_id: customerId,
      priority: 'medium',
      status: 'open',
    })
    options.onTicket(ticketId)
  }
  const messageId = await create(client, 'ticket-messages', 'the ticket’s message', {
    message: message.body.trim(),
    user_id: options.authorId,
    ticket_id: ticketId,
  })
  let seen
  try {
    seen = await client.read('tickets', ticketId, ['user', 'messages'])
  } catch (error) {
    if (error instanceof Failure) throw unknown('the ticket', error)
    throw error
  }
  const messages = seen.kind === 'present' ? relatedIds(seen.row, 'messages') : []
  const owners = seen.kind === 'present' ? relatedIds(seen.row, 'user') : []
  // Without the permission to see them they do not come along: then the ticket alone is the proof.
  const isThere =
    seen.kind === 'present' &&
    (messages === undefined || messages.includes(messageId)) &&
    (owners === undefined || owners.includes(customerId))
  if (!isThere) throw unknown('the ticket', new Failure('billing.invalid-answer', `ticket ${ticketId} does not show it.`))
  return { ticketId }
}
