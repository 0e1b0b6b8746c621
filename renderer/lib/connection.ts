// The line to the worker as the screens see it: one place to call and listen, while lines come and go beneath it.
import type { Client, OpenedStream } from '../../shared/contract/client.ts'
import type {
  EventName,
  EventPayload,
  MethodInput,
  MethodName,
  MethodOutput,
  StreamName,
  StreamParameters,
} from '../../shared/contract/index.ts'
import { Failure } from '../../shared/domain/failure.ts'

/**
 * connecting: the first line is not there yet. open: calls go through. lost: the worker went away and is awaited. refused: it will not let this
 * page in.
 */
export type LineState = 'connecting' | 'open' | 'lost' | 'refused'

const listened = ['changed', 'job'] as const satisfies readonly EventName[]

export class Connection {
  #client: Client | null = null
  #state: LineState = 'connecting'
  readonly #waiting = new Set<{ take: (client: Client) => void; refuse: (failure: Failure) => void }>()
  readonly #stateListeners = new Set<() => void>()
  readonly #openListeners = new Set<() => void>()
  readonly #listeners: { [E in (typeof listened)[number]]: Set<(payload: EventPayload<E>) => void> } = {
    changed: new Set(),
    job: new Set(),
  }

  readonly state = (): LineState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** Called after each new line: everything on screen is to be read again. */
  onOpen(listener: () => void): () => void {
    this.#openListeners.add(listener)
    return () => this.#openListeners.delete(listener)
  }

  on<E extends (typeof listened)[number]>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    this.#listeners[event].add(listener)
    return () => this.#listeners[event].delete(listener)
  }

  /**
   * Calls the worker. Before the first line it waits for one; after a loss it fails at once with `worker.gone`, so that nothing is sent late.
   */
  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    const client = this.#client ?? (this.#state === 'connecting' ? await this.#first() : null)
    if (client === null) {
      throw new Failure(
        'worker.gone',
        'The worker is not there right now.',
        'Wait until the status line says that it runs, then try again.',
      )
    }
    return client.call(method, input)
  }

  /** Opens a byte stream; it ends with the line. Throws `worker.gone` where there is none. */
  openStream<S extends StreamName>(name: S, parameters: StreamParameters<S>): OpenedStream {
    if (this.#client === null)
      throw new Failure('worker.gone', 'The worker is not there right now.', 'The console opens again by itself as soon as it is.')
    return this.#client.openStream(name, parameters)
  }

  /** Takes a new line into use; the one before it is closed. */
  use(client: Client): void {
    const previous = this.#client
    this.#client = client
    previous?.close()
    client.onClose(() => {
      if (this.#client === client) this.#lose()
    })
    client.on('changed', (payload) => {
      for (const listener of this.#listeners.changed) listener(payload)
    })
    client.on('job', (payload) => {
      for (const listener of this.#listeners.job) listener(payload)
    })
    this.#setState('open')
    for (const waiter of this.#waiting) waiter.take(client)
    this.#waiting.clear()
    for (const listener of this.#openListeners) listener()
  }

  /** The worker turned this page away for good: its session has ended. */
  refuse(): void {
    this.#setState('refused')
    const failure = new Failure(
      'worker.refused',
      'The worker does not know this page.',
      'Open the address that `serve` prints; each one works once.',
    )
    for (const waiter of this.#waiting) waiter.refuse(failure)
    this.#waiting.clear()
  }

  #lose(): void {
    this.#client = null
    this.#setState('lost')
  }

  #first(): Promise<Client> {
    return new Promise((take, refuse) => {
      this.#waiting.add({ take, refuse })
    })
  }

  #setState(state: LineState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener()
  }
}
