// In browser mode there is no shell to tell what needs the operator's eye: the page does, through the browser, where that is allowed.
import { AttentionNews, attentionTopics, readAttention } from '../../shared/contract/attention.ts'
import type { Connection } from './connection.ts'
import { isBrowserMode } from './line.ts'

const settleMs = 500

/** Follows the worker for as long as the page lives. A console's own window leaves it to the page that it came from. */
export function tellThroughBrowser(connection: Connection): void {
  if (!canTell() || window.location.hash.startsWith('#/console-window/')) return
  const news = new AttentionNews()
  let timer: number | undefined
  const look = (): void => {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      // A worker that goes away while it is asked is asked again when it is back.
      tell(connection, news).catch(() => undefined)
    }, settleMs)
  }
  connection.onOpen(look)
  connection.on('changed', ({ topics }) => {
    if (topics.some((topic) => attentionTopics.has(topic))) look()
  })
}

/** Whether it is the page that tells, and the browser has a way to. */
export function canTell(): boolean {
  return isBrowserMode() && 'Notification' in window
}

async function tell(connection: Connection, news: AttentionNews): Promise<void> {
  const { items } = await readAttention(connection)
  for (const { key, title, body, screen } of news.newOf(items)) {
    if (Notification.permission !== 'granted') continue
    // The same tag in two tabs is one notification.
    const notification = new Notification(title, { body, tag: key })
    notification.addEventListener('click', () => {
      window.focus()
      window.location.hash = screen
      notification.close()
    })
  }
}
