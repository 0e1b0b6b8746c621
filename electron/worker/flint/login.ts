// Passphrase login: the way to a node's API key for an operator who has only the passphrase.
import { FlintConnection, type FlintConnectionOptions } from './connection.ts'
import { invalidAnswer, noKeyInForce, notFlint, wrongPassphrase } from './failures.ts'

const cookieName = 'flint_session'

/**
 * Logs in and fetches the API key. The passphrase and the session are used once and kept nowhere. Throws `node.wrong-passphrase`,
 * `node.no-key`, `node.not-flint`, `node.unreachable`.
 */
export async function fetchKeyByPassphrase(
  options: Omit<FlintConnectionOptions, 'key'>,
  passphrase: string,
  signal?: AbortSignal,
): Promise<string> {
  const anyone = new FlintConnection({ ...options, key: '' })
  try {
    const form = new URLSearchParams({ passphrase })
    const login = await anyone.ask({ method: 'POST', path: '/login', form, what: 'log in', redirectIsAnswer: true, signal })
    const cookie = login.status === 303 ? sessionCookie(login.setCookie) : null
    if (cookie === null) {
      if (login.status === 200 || login.status === 401) throw wrongPassphrase(anyone.where)
      if (login.status >= 500) throw anyone.failureOf(login)
      throw notFlint(anyone.where, `its login answers ${login.status}`)
    }
    const answer = await anyone.succeed({ path: '/api/api-key', headers: { cookie }, signal })
    const key = answer.text.trim()
    if (key === '') throw noKeyInForce(anyone.where)
    if (answer.isHtml || !/^[\x21-\x7e]{8,512}$/.test(key)) throw invalidAnswer(anyone.where, 'what it gives as its API key is none')
    return key
  } finally {
    await anyone.close()
  }
}

/** `name=value` of the session, to be sent back; null when there is none. */
function sessionCookie(header: string | null): string | null {
  const match = new RegExp(`(?:^|,\\s*)${cookieName}=([^;,\\s]+)`).exec(header ?? '')
  return match ? `${cookieName}=${match[1] ?? ''}` : null
}
