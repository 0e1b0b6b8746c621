// The session with the connected Paymenter: one client and one mirror for a connection, made when first needed.
import { storedConnection, type StoredConnection } from '../../../db/repositories/billingSync.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Context } from '../context.ts'
import { PaymenterClient, type PaymenterClientOptions } from '../paymenter/client.ts'
import { tokenSecret } from './connect.ts'
import { Mirror } from './mirror.ts'

export interface Session {
  readonly client: PaymenterClient
  readonly mirror: Mirror
}

export class Sessions {
  readonly #context: Context
  readonly #http: PaymenterClientOptions['http']
  #session: Promise<Session> | null = null

  constructor(context: Context, http: PaymenterClientOptions['http']) {
    this.#context = context
    this.#http = http
  }

  /** Throws `billing.not-connected`. */
  connection(): StoredConnection {
    const connection = storedConnection(this.#context.db.orm)
    if (connection === null) throw new Failure('billing.not-connected', 'No Paymenter is connected.', 'Connect one first: “Connect Paymenter”, or billing connect.')
    return connection
  }

  /** The open session, or a new one. Throws `billing.not-connected`, and what the keychain has to say. */
  async open(): Promise<Session> {
    this.#session ??= this.#make().catch((error: unknown) => {
      this.#session = null
      throw error
    })
    return this.#session
  }

  /** Closes the open session, if there is one; the next one reads the connection and its key anew. */
  async close(): Promise<void> {
    const session = this.#session
    this.#session = null
    const open = await session?.catch(() => null)
    await open?.client.close()
  }

  async #make(): Promise<Session> {
    const { url, timeZone } = this.connection()
    const token = await this.#context.secrets.get(tokenSecret)
    if (token === null) {
      throw new Failure('billing.not-connected', 'Paymenter’s key is not in the keychain any more.', 'Connect Paymenter again with its key; the mirror and the links stay.')
    }
    const { db, log, clock } = this.#context
    const now = (): number => clock.now()
    return { client: new PaymenterClient({ baseUrl: url, token, log, now, http: this.#http }), mirror: new Mirror(db, timeZone, now) }
  }
}
