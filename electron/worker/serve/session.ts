// Who may use the browser mode: a one-time token in the printed address buys one session, kept in a cookie.
import { randomBytes, timingSafeEqual } from 'node:crypto'

const secretBytes = 32

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

export class Sessions {
  readonly #cookieName: string
  #token: string | null = randomBytes(secretBytes).toString('base64url')
  #session: string | null = null

  /** Cookies do not know ports: the port in the name keeps two servers on one machine apart. */
  constructor(port: number) {
    this.#cookieName = `flint_console_${port}`
  }

  /** The token of the printed address; null once it has been used. */
  get token(): string | null {
    return this.#token
  }

  /** Uses the token up. Returns the `Set-Cookie` header of the session, or null when the token is not (or no longer) good. */
  redeem(token: string): string | null {
    if (this.#token === null || !same(token, this.#token)) return null
    this.#token = null
    this.#session = randomBytes(secretBytes).toString('base64url')
    return `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Whether a request's `Cookie` header holds the session. */
  knows(cookieHeader: string | undefined): boolean {
    const session = this.#session
    if (session === null || cookieHeader === undefined) return false
    return cookieHeader.split(';').some((pair) => {
      const [name, value = ''] = pair.trim().split('=', 2)
      return name === this.#cookieName && same(value, session)
    })
  }
}
