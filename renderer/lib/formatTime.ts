// Instants and days for the eye: short and local, with the exact form for the hover.
import { madeOnce } from './madeOnce.ts'

const sameDay = (a: Date, b: Date): boolean =>
  a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate()

const clock = madeOnce(() => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }))
const clockWithSeconds = madeOnce(() => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }))
const dayOfYear = madeOnce(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }))
const dayOfAnyYear = madeOnce(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }))
const exact = madeOnce(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' }))
const plainDayOfYear = madeOnce(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }))
const weekday = madeOnce(() => new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' }))
const monthOfYear = madeOnce(() => new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }))
const plainDay = madeOnce(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }))

/** `14:02` today, `17 Nov 14:02` this year, `17 Nov 2025` before. */
export function formatInstant(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const now = new Date(nowMs)
  if (sameDay(at, now)) return clock().format(at)
  if (at.getFullYear() === now.getFullYear()) return `${dayOfYear().format(at)} ${clock().format(at)}`
  return dayOfAnyYear().format(at)
}

/** `14:02` today, `17 Nov` before. */
export function formatSince(atMs: number, nowMs: number): string {
  return (sameDay(new Date(atMs), new Date(nowMs)) ? clock() : dayOfYear()).format(atMs)
}

/** `14:02:10`. */
export function formatClock(atMs: number): string {
  return clockWithSeconds().format(atMs)
}

/** The whole instant with its zone, for the hover. */
export function formatExact(atMs: number): string {
  return exact().format(atMs)
}

/** A plain day `YYYY-MM-DD`: `17 Nov`, with the year unless it is this one. */
export function formatDay(day: string, nowMs: number): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at)) return day
  return day.startsWith(`${String(new Date(nowMs).getFullYear())}-`) ? plainDayOfYear().format(at) : plainDay().format(at)
}

/** A plain day `YYYY-MM-DD`: `Mon 24 Nov`. */
export function formatWeekday(day: string, nowMs: number): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? day : `${weekday().format(at)} ${formatDay(day, nowMs)}`
}

/** The month of a plain day `YYYY-MM-DD`: `November`. */
export function formatMonth(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? day : monthOfYear().format(at)
}

/** `8 s`, `2 min 10 s`, `3 h 5 min`, `4 days`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 60) return `${String(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${String(minutes)} min` : `${String(minutes)} min ${String(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${String(hours)} h` : `${String(hours)} h ${String(minutes % 60)} min`
  return `${String(Math.floor(hours / 24))} days`
}

/** `just now`, `14 s ago`, `2 min ago`, `3 h ago`, `5 days ago`. A moment in the future reads as now: clocks differ a little. */
export function formatAge(atMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - atMs) / 1000)
  if (seconds < 2) return 'just now'
  if (seconds < 60) return `${String(seconds)} s ago`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${String(minutes)} min ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${String(hours)} h ago`
  return `${String(Math.floor(hours / 24))} days ago`
}
