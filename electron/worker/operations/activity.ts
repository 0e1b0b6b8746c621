// One timeline of what every node did: Flint keeps its last 50 events, in memory; they are read before they are forgotten.
import { insertNodeEvents, listNodeEvents, type NodeEventQuery } from '../../../db/repositories/nodeEvents.ts'
import type { z } from 'zod'
import type { activityRow } from '../../../shared/contract/storage.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { OperationTools } from './tools.ts'

export type ActivityRow = z.output<typeof activityRow>

/** How many events Flint keeps. */
const keptByFlint = 50
const quietMs = 30_000
/** After a burst the next 50 may come as quickly. */
const busyMs = 5_000
const burst = 10

export class Activity {
  readonly #tools: OperationTools
  readonly #quietMs: number
  readonly #busyMs: number
  readonly #dueAt = new Map<NodeId, number>()
  readonly #reading = new Map<NodeId, Promise<unknown>>()
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | null = null

  constructor(tools: OperationTools, options: { quietMs?: number | undefined; busyMs?: number | undefined } = {}) {
    this.#tools = tools
    this.#quietMs = options.quietMs ?? quietMs
    this.#busyMs = options.busyMs ?? busyMs
  }

  /** Begins to read every node that is well, each at its own pace. */
  start(): void {
    this.#timer = setInterval(
      () => {
        this.#readDue()
      },
      Math.min(1_000, this.#busyMs),
    )
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#closing.abort(new Failure('worker.closing', 'The worker is closing.'))
    await Promise.allSettled(this.#reading.values())
  }

  /** Newest first. */
  list(query: NodeEventQuery): ActivityRow[] {
    return listNodeEvents(this.#tools.context.db.orm, query).map(({ id, nodeId, nodeName, at, action, target, status, message }) => ({
      id,
      nodeId,
      nodeName,
      at,
      action,
      target,
      status,
      message,
    }))
  }

  /** Reads one node now; how many events were new. Throws why it cannot be read. */
  async read(nodeId: NodeId): Promise<number> {
    const { context, nodes } = this.#tools
    const client = await nodes.client(nodeId)
    const events = await client.library.activity({ signal: this.#closing.signal })
    this.#closing.signal.throwIfAborted()
    const known = new Set(listNodeEvents(context.db.orm, { nodeId, limit: keptByFlint * 2 }).map((event) => event.eventId))
    const fresh = events.filter((event) => !known.has(event.id))
    const [first] = fresh
    if (!first) return 0
    const readAt = context.clock.now()
    // A full list of nothing but new events: what stood before them was pushed out unread.
    const missed = fresh.length >= keptByFlint && known.size > 0
    const gap = {
      nodeId,
      eventId: `gap:${first.id}`,
      at: first.at,
      action: 'Gap',
      target: '',
      status: 'Unknown',
      message: 'Flint forgot events before this one, for it keeps only its last 50.',
      readAt,
    }
    insertNodeEvents(
      context.db,
      [...(missed ? [gap] : []), ...fresh.map((event) => ({ ...event, nodeId, eventId: event.id, readAt }))].map(
        ({ eventId, at, action, target, status, message }) => ({ nodeId, eventId, at, action, target, status, message, readAt }),
      ),
    )
    context.changed('activity')
    return fresh.length
  }

  #readDue(): void {
    const nowMs = performance.now()
    for (const node of this.#tools.nodes.rows()) {
      const nodeId = node.id as NodeId
      if (node.state !== 'ok' && node.state !== 'maintenance') continue
      if (this.#reading.has(nodeId) || (this.#dueAt.get(nodeId) ?? 0) > nowMs) continue
      this.#reading.set(nodeId, this.#readOne(nodeId))
    }
  }

  async #readOne(nodeId: NodeId): Promise<void> {
    let waitMs = this.#quietMs
    try {
      if ((await this.read(nodeId)) >= burst) waitMs = this.#busyMs
    } catch (error) {
      // A node in trouble is shown as such by its looks; its events are read when it is back.
      if (!(error instanceof Failure))
        this.#tools.context.log.error({ err: error, nodeId }, 'reading a node’s activity failed unexpectedly')
    } finally {
      this.#reading.delete(nodeId)
      this.#dueAt.set(nodeId, performance.now() + waitMs)
    }
  }
}
