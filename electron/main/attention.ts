// Tells the operator, through the system, what newly needs an eye: failed intents, guards that hold, nodes that run short.
import { Notification } from 'electron'
import { AttentionNews, attentionTopics, readAttention } from '../../shared/contract/attention.ts'
import { createClient } from '../../shared/contract/client.ts'
import type { Client } from '../../shared/contract/client.ts'
import { clientPortTransport } from '../../shared/contract/messagePortTransport.ts'
import type { WorkerHost } from './workerHost.ts'

const settleMs = 500

interface AttentionActions {
  /** Gets one line of state for the tray. */
  readonly say: (text: string) => void
  /** Called on a click, with the address of the screen from its `#` on. */
  readonly show: (screen: string) => void
}

/** Follows the worker over a line of the shell's own. */
export function followAttention(host: WorkerHost, actions: AttentionActions): void {
  const news = new AttentionNews()
  host.onStart(() => {
    const port = host.openLine()
    if (port === null) return
    const client = createClient(clientPortTransport(port))
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        // A worker that goes away while it is asked is asked again by the next one.
        tell(client, news, actions).catch(() => undefined)
      }, settleMs)
    }
    client.on('changed', ({ topics }) => {
      if (topics.some((topic) => attentionTopics.has(topic))) look()
    })
    client.onClose(() => {
      clearTimeout(timer)
      actions.say('the worker is restarting')
    })
    look()
  })
}

async function tell(client: Client, news: AttentionNews, actions: AttentionActions): Promise<void> {
  const { items, summary } = await readAttention(client)
  actions.say(summary)
  for (const { title, body, screen } of news.newOf(items)) {
    if (!Notification.isSupported()) continue
    const notification = new Notification({ title, body })
    notification.on('click', () => {
      actions.show(screen)
    })
    notification.show()
  }
}
