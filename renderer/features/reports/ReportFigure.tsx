// A figure of the overview: its value, how it changed, its way here, how it is computed, and the rows behind it.
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react'
import type { DefinitionName } from '../../../shared/domain/revenue/definitions.ts'
import { Icon } from '../../components/Icon.tsx'
import { Sparkline } from '../../components/Sparkline.tsx'
import { ComputedHow } from './ComputedHow.tsx'

interface ReportFigureProps {
  readonly label: string
  readonly definition: DefinitionName
  readonly value: number | null
  /** What it was in the period that it is compared with; undefined for no comparison. */
  readonly compared: number | null | undefined
  readonly format: (value: number) => string
  readonly spark: readonly (number | null)[]
  readonly onOpen?: () => void
  readonly note?: string
}

function changeWords(value: number, compared: number, format: (value: number) => string): string {
  const change = value - compared
  const sign = change > 0 ? '+' : ''
  const percent = compared === 0 ? '' : ` (${sign}${String(Math.round((change / Math.abs(compared)) * 1000) / 10)} %)`
  return `${sign}${format(change)}${percent}`
}

export function ReportFigure({ label, definition, value, compared, format, spark, onOpen, note }: ReportFigureProps) {
  const text = value === null ? '–' : format(value)
  const change = value === null || compared === null || compared === undefined ? null : value - compared
  return (
    <section className="panel figure" aria-label={label}>
      <div className="figure-label report-label">
        <span>{label}</span>
        <ComputedHow of={definition} />
        <Sparkline values={spark} />
      </div>
      <div className="figure-value" title={text}>
        {onOpen === undefined || value === null ? (
          text
        ) : (
          <button type="button" className="figure-link" title="Open the rows behind this figure" onClick={onOpen}>
            {text}
          </button>
        )}
      </div>
      <div className="figure-note">
        {change !== null && compared !== null && compared !== undefined && value !== null && (
          <span className="figure-change">
            <Icon of={change > 0 ? IconArrowUpRight : change < 0 ? IconArrowDownRight : IconEqual} sizePx={13} />
            {change === 0 ? 'no change' : changeWords(value, compared, format)}
          </span>
        )}
        {note !== undefined && <span>{note}</span>}
      </div>
    </section>
  )
}
