// Tells the operator, through the system, what needs a decision: intents that failed, guards that hold, nodes that run short. Only what is new since the start.
import { Notification } from 'electron'
import { createClient } from '../../shared/contract/client.ts'
import type { Client } from '../../shared/contract/client.ts'
import type { Topic } from '../../shared/contract/index.ts'
import { clientPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { WorkerHost } from './workerHost.ts'

const relevant: ReadonlySet<Topic> = new Set<Topic>(['intents', 'guards', 'policy', 'capacity'])
const settleMs = 500

/** Follows the worker over a line of the shell's own. `say` gets one line of state for the tray, `show` is called on a click. */
export function followAttention(host: WorkerHost, actions: { say: (text: string) => void; show: () => void }): void {
  const known = new Set<string>()
  let baseline = true
  host.onStart(() => {
    const port = host.openLine()
    if (port === null) return
    const client = createClient(clientPortTransport(port))
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        // A worker that goes away while it is asked is asked again by the next one.
        readAttention(client, known, baseline, actions)
          .catch(() => undefined)
          .finally(() => {
            baseline = false
          })
      }, settleMs)
    }
    client.on('changed', ({ topics }) => {
      if (topics.some((topic) => relevant.has(topic))) look()
    })
    client.onClose(() => {
      clearTimeout(timer)
      actions.say('the worker is restarting')
    })
    look()
  })
}

async function readAttention(
  client: Client,
  known: Set<string>,
  baseline: boolean,
  actions: { say: (text: string) => void; show: () => void },
): Promise<void> {
  const [failed, guards, status, short] = await Promise.all([
    client.call('intents.list', { state: 'failed', limit: 100 }),
    client.call('guards.list', {}),
    client.call('automation.status', {}),
    client.call('capacity.alerts', {}),
  ])
  actions.say(`${status.mode}, ${status.waiting} waiting, ${status.failed} failed, ${status.guards} held`)
  const items = [
    ...failed.map((intent) => ({
      key: `intent ${intent.id} ${intent.attempts}`,
      title: `${intent.kind === 'suspend' ? 'Suspending' : 'Giving back'} ${intent.name} failed`,
      body: intent.error?.message ?? intent.reason,
    })),
    ...guards.map((guard) => ({ key: `guard ${guard.code} ${guard.nodeId ?? ''} ${guard.since}`, title: 'Automation is held', body: guard.reason })),
    ...short.map((alert) => ({ key: `capacity ${alert.nodeId} ${alert.kind} ${alert.since}`, title: `${alert.node} runs short`, body: alert.message })),
  ]
  for (const { key, title, body } of items) {
    if (known.has(key)) continue
    known.add(key)
    if (baseline || !Notification.isSupported()) continue
    const notification = new Notification({ title, body })
    notification.on('click', actions.show)
    notification.show()
  }
}
