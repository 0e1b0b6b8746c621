// What needs the operator's eye now, read over a line: for whoever tells it through the system, the desktop's shell or a browser's page.
import type { Client } from './client.ts'
import type { Topic } from './index.ts'

export interface AttentionItem {
  /** The same for as long as it is the same trouble: told once. */
  readonly key: string
  readonly title: string
  readonly body: string
  /** The address of the screen that shows it, from its `#` on. */
  readonly screen: string
}

export interface Attention {
  readonly items: readonly AttentionItem[]
  /** One line about automation as a whole. */
  readonly summary: string
}

/** After a change of one of these it is to be read again. */
export const attentionTopics: ReadonlySet<Topic> = new Set<Topic>(['intents', 'guards', 'policy', 'capacity'])

const failedWords = { suspend: 'Suspending', unsuspend: 'Giving back', terminate: 'Terminating', purge: 'Purging' } as const

/** Intents that failed, guards that hold, nodes that run short. Throws when the worker cannot answer. */
export async function readAttention(client: Pick<Client, 'call'>): Promise<Attention> {
  const [failed, guards, status, short] = await Promise.all([
    client.call('intents.list', { state: 'failed', limit: 100 }),
    client.call('guards.list', {}),
    client.call('automation.status', {}),
    client.call('capacity.alerts', {}),
  ])
  return {
    summary: `${status.mode}, ${status.waiting} waiting, ${status.failed} failed, ${status.guards} held`,
    items: [
      ...failed.map((intent) => ({
        key: `intent ${intent.id} ${intent.attempts}`,
        title: `${failedWords[intent.kind]} ${intent.name} failed`,
        body: intent.error?.message ?? intent.reason,
        screen: '#/automation/queue',
      })),
      ...guards.map((guard) => ({
        key: `guard ${guard.code} ${guard.nodeId ?? ''} ${guard.since}`,
        title: 'Automation is held',
        body: guard.reason,
        screen: '#/automation/guards',
      })),
      ...short.map((alert) => ({
        key: `capacity ${alert.nodeId} ${alert.kind} ${alert.since}`,
        title: `${alert.node} runs short`,
        body: alert.message,
        screen: `#/nodes/${encodeURIComponent(alert.nodeId)}`,
      })),
    ],
  }
}

/** Tells new items from those that were there already: the first that it is given are all old. */
export class AttentionNews {
  readonly #known = new Set<string>()
  #isBegun = false

  newOf(items: readonly AttentionItem[]): AttentionItem[] {
    const unknown = items.filter(({ key }) => !this.#known.has(key))
    for (const { key } of unknown) this.#known.add(key)
    const isFirst = !this.#isBegun
    this.#isBegun = true
    return isFirst ? [] : unknown
  }
}
