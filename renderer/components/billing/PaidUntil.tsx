// The day up to which a service is paid for; one that is over stands out.
import type { Day } from '../../../shared/domain/calendar.ts'
import { formatDay } from '../../lib/formatTime.ts'

interface PaidUntilProps {
  readonly day: string | null
  /** The service's status in Paymenter. */
  readonly status: string
  readonly today: Day
}

/** A service without a day has no end, unless it was never active; of a cancelled one nothing is owed. */
export function PaidUntil({ day, status, today }: PaidUntilProps) {
  if (day === null) return <span className="faint">{status === 'pending' ? '–' : 'no end'}</span>
  const isOver = day < today && status !== 'cancelled'
  return (
    <span className={isOver ? 'bad' : ''} title={isOver ? `${day}: over` : day}>
      {formatDay(day, Date.parse(today))}
    </span>
  )
}
