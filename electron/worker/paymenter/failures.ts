// What goes wrong with Paymenter, told apart: from answers and from requests that got none, to Failures in the operator's words.
import { Failure } from '../../../shared/domain/failure.ts'
import type { HttpAnswer } from '../http/request.ts'
import { PeerError } from '../http/peerError.ts'
import { errorDocument } from './schema.ts'

/** A failure of reading that a smaller page may avoid: too slow, too long, broken off, or out of the server's memory. */
export class HeavyAnswerFailure extends Failure {}

/** A failure that every other request would meet now too. */
export class AllRequestsFailure extends Failure {}

const keyRefused = 'You do not have permission to access this resource.'

/** JSON of an answer; undefined when it is none. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text) as unknown
  } catch {
    return undefined
  }
}

/** The message of an error answer; null when it has none. */
export function messageOf(answer: HttpAnswer): string | null {
  const parsed = errorDocument.safeParse(jsonOf(answer))
  return parsed.success ? (parsed.data.message ?? parsed.data.error ?? null) : null
}

/** True only for Paymenter's own word that a row does not exist: a 404 of a route, of a proxy or of another program proves nothing. */
export function saysRowIsMissing(answer: HttpAnswer): boolean {
  return answer.status === 404 && (messageOf(answer)?.startsWith('No query results for model') ?? false)
}

/** The includes that a 400 names as not allowed; empty when it is another 400. */
export function refusedIncludes(answer: HttpAnswer): string[] {
  if (answer.status !== 400) return []
  const match = /^Requested include\(s\) `([^`]*)` are not allowed/.exec(messageOf(answer) ?? '')
  return (match?.[1] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '')
}

export function forbidden(permission: string, purpose: string): Failure {
  return new Failure(
    'billing.forbidden',
    `Paymenter's key may not ${purpose}: the permission ${permission} is missing.`,
    `In Paymenter, give the API key the permission admin.${permission} and try again.`,
  )
}

/** What an answer that is not the one hoped for means. `permission` is what the request needed, e.g. `invoices.view`. */
export function failureOfAnswer(answer: HttpAnswer, permission: string): Failure {
  const message = messageOf(answer)
  const { status } = answer
  if (status === 401 && message !== null) {
    return new AllRequestsFailure(
      'billing.unauthorized',
      'Paymenter does not accept the key: it is wrong, or it was disabled or deleted.',
      'In Paymenter, look at Admin → API keys; make a new key of type admin there if need be, and connect again with it.',
    )
  }
  if (status === 403 && message === keyRefused) {
    return new AllRequestsFailure(
      'billing.key-refused',
      'Paymenter refuses this key as a whole: either it is not of type admin, or this machine’s address is not on the key’s list. Paymenter does not say which.',
      'In Paymenter, see that the API key’s type is admin, and that its list of IP addresses is empty or has this machine’s.',
    )
  }
  if (status === 403 && message !== null) return forbidden(permission, `do this (${permission})`)
  if (status === 429) {
    return new AllRequestsFailure(
      'billing.rate-limited',
      'Paymenter (or a proxy before it) asks to be left alone for a while (429).',
      'It is asked again by itself; sync less often if this stays.',
    )
  }
  if (status === 503) return new Failure('billing.unavailable', 'Paymenter is in maintenance or overloaded (503).', 'It is asked again by itself. “php artisan up” ends its maintenance.')
  if (status >= 500) {
    return new HeavyAnswerFailure(
      'billing.unavailable',
      `Paymenter failed with a server error (${status}).`,
      'It is asked again by itself. If it stays, look at Paymenter’s own log: its database or its PHP may be down.',
    )
  }
  if (message === null) return notPaymenter(answer)
  if (status === 404) {
    return new Failure(
      'billing.not-paymenter',
      'What answers at this address has no admin API of Paymenter (404).',
      'See that the address is Paymenter’s own, and that its version has the admin API (/api/v1/admin).',
    )
  }
  return new Failure('billing.invalid-answer', `Paymenter refused the request (${status}): ${message.slice(0, 300)}`)
}

/** An answer that Paymenter's API would not give. */
export function notPaymenter(answer: HttpAnswer): Failure {
  const isPage = (answer.headers['content-type'] ?? '').includes('html') || answer.text.trimStart().startsWith('<')
  return new Failure(
    'billing.not-paymenter',
    `What answers at this address is not Paymenter's API: it sent ${isPage ? 'a web page' : 'something that is not JSON'} (${answer.status}).`,
    'Give the address of Paymenter’s front page, without a path. A login page of a proxy or of a network in between does the same.',
  )
}

export function invalidAnswer(what: string): Failure {
  return new Failure('billing.invalid-answer', `Paymenter’s answer could not be understood: ${what}.`, 'It is asked again by itself. If it stays, Paymenter may be of a version that this program does not know.')
}

/** What a request without an answer means. Anything that is not a `PeerError` is handed back as it is. */
export function failureOfError(error: unknown): unknown {
  if (!(error instanceof PeerError)) return error
  switch (error.kind) {
    case 'unreachable':
    case 'circuit-open':
      return new AllRequestsFailure('billing.unreachable', error.message, 'See that the address is right, that Paymenter runs, and that this machine reaches it.')
    case 'timeout':
    case 'truncated':
    case 'too-large':
      return new HeavyAnswerFailure('billing.unreachable', error.message, 'It is asked again by itself, with smaller pages.')
    case 'no-answer':
      return new HeavyAnswerFailure('billing.unreachable', error.message, 'It is asked again by itself.')
    case 'redirect':
      return new Failure(
        'billing.not-paymenter',
        `${error.message} The key is sent nowhere else.`,
        'Give the address at which Paymenter itself answers: often https:// in place of http://, or with or without www.',
      )
  }
}
