// One ticking clock for every age on the screen.
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let nowMs = Date.now()
let timer: number | undefined

function tick(): void {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    nowMs = Date.now()
    timer = window.setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== undefined) {
      window.clearInterval(timer)
      timer = undefined
    }
  }
}

/** What the clock's reader says now; renders only when that changes. `read` gives a plain value (text, number, boolean). */
export function useClock<T extends string | number | boolean>(read: (nowMs: number) => T): T {
  return useSyncExternalStore(subscribe, () => read(nowMs))
}

/** UTC milliseconds to the minute: enough for days and short instants. */
export function useMinute(): number {
  return useClock((now) => Math.floor(now / 60_000) * 60_000)
}
