// How old a figure is: in words, the exact instant on hover, visibly stale when it is too old.
import { IconClockExclamation } from '@tabler/icons-react'
import { formatAge, formatExact, formatInstant } from '../lib/formatTime.ts'
import { useClock, useMinute } from '../lib/now.ts'
import { Icon } from './Icon.tsx'

interface AgeProps {
  /** UTC milliseconds; null: never. */
  readonly at: number | null
  /** What it is the age of, in front of it. */
  readonly of?: string
  readonly staleAfterMs?: number
  readonly never?: string
}

export function Age({ at, of, staleAfterMs = Number.POSITIVE_INFINITY, never = 'never' }: AgeProps) {
  const age = useClock((now) => (at === null ? never : formatAge(at, now)))
  const stale = useClock((now) => at !== null && now - at > staleAfterMs)
  return (
    <span className={stale ? 'age stale' : 'age'} title={at === null ? undefined : formatExact(at)}>
      {stale && <Icon of={IconClockExclamation} sizePx={13} />}
      {stale && ' '}
      {of !== undefined && `${of} `}
      {age}
      {stale && ', stale'}
    </span>
  )
}

/** A moment: short and local, the exact instant on hover. */
export function Instant({ at }: { readonly at: number | null }) {
  const now = useMinute()
  if (at === null) return <span className="faint">–</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatInstant(at, now)}
    </time>
  )
}
