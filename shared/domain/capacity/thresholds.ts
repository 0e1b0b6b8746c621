// When a threshold is told: it must be exceeded for a while, and is over only well below, so that a value on the edge is told once.

export const alertKinds = ['cpu', 'memory', 'committed', 'disk', 'full'] as const
export type AlertKind = (typeof alertKinds)[number]

export interface Threshold {
  /** At or above this it is exceeded; for `full`, at or below: days. */
  readonly limit: number
  /** How far below (for `full`: above) the limit it must come to be over. */
  readonly margin: number
  /** For how long it must be exceeded without a break. */
  readonly holdMs: number
  readonly direction: 'above' | 'below'
}

/** `pending`: exceeded, not yet for long enough. */
export type AlertState =
  { readonly kind: 'quiet' } | { readonly kind: 'pending'; readonly since: number } | { readonly kind: 'raised'; readonly since: number }

export const quiet: AlertState = { kind: 'quiet' }

/** @param value null: nothing was measured, which ends nothing that is raised and breaks off what was pending */
export function nextAlert(state: AlertState, threshold: Threshold, value: number | null, nowMs: number): AlertState {
  if (value === null) return state.kind === 'raised' ? state : quiet
  const sign = threshold.direction === 'above' ? 1 : -1
  const exceeded = (value - threshold.limit) * sign >= 0
  const isOver = (value - threshold.limit) * sign < -threshold.margin
  switch (state.kind) {
    case 'raised':
      return isOver ? quiet : state
    case 'pending':
      if (!exceeded) return quiet
      return nowMs - state.since >= threshold.holdMs ? { kind: 'raised', since: state.since } : state
    case 'quiet':
      if (!exceeded) return quiet
      return threshold.holdMs <= 0 ? { kind: 'raised', since: nowMs } : { kind: 'pending', since: nowMs }
  }
}
