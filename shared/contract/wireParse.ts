// Checks that what came over a line is a message at all, before anything looks inside: garbage is refused here.
import type { FailureBody } from '../domain/failure.ts'
import type { Answer, ClientMessage, WorkerMessage } from './wire.ts'

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
}

function isFailure(value: unknown): value is FailureBody {
  if (!isFields(value) || typeof value['code'] !== 'string' || typeof value['message'] !== 'string') return false
  return value['hint'] === undefined || typeof value['hint'] === 'string'
}

function isAnswer(value: unknown): value is Answer {
  if (!isFields(value)) return false
  return value['ok'] === true || (value['ok'] === false && isFailure(value['error']))
}

function isStreamMessage(message: Fields): boolean {
  if (!isId(message['stream'])) return false
  switch (message['kind']) {
    case 'stream-data':
      return message['bytes'] instanceof Uint8Array
    case 'stream-ack':
      return isId(message['bytes'])
    case 'stream-close':
      return message['reason'] === undefined || isFailure(message['reason'])
    default:
      return false
  }
}

/** What a client may send, or null. */
export function parseClientMessage(value: unknown): ClientMessage | null {
  if (!isFields(value)) return null
  switch (value['kind']) {
    case 'request':
      return isId(value['id']) && typeof value['method'] === 'string' ? (value as ClientMessage) : null
    case 'stream-open':
      return isId(value['stream']) && typeof value['name'] === 'string' ? (value as ClientMessage) : null
    default:
      return isStreamMessage(value) ? (value as ClientMessage) : null
  }
}

/** What the worker may send, or null. */
export function parseWorkerMessage(value: unknown): WorkerMessage | null {
  if (!isFields(value)) return null
  switch (value['kind']) {
    case 'answer':
      return isId(value['id']) && isAnswer(value['answer']) ? (value as WorkerMessage) : null
    case 'event':
      return typeof value['name'] === 'string' ? (value as WorkerMessage) : null
    case 'stream-opened':
      return isId(value['stream']) ? (value as WorkerMessage) : null
    default:
      return isStreamMessage(value) ? (value as WorkerMessage) : null
  }
}
