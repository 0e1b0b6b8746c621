// One figure of an overview: what it is, the value with its unit smaller beside it, and what stands behind it.
import type { ReactNode } from 'react'

interface FigureProps {
  readonly label: string
  readonly value: string
  readonly unit?: string
  readonly children?: ReactNode
}

export function Figure({ label, value, unit, children }: FigureProps) {
  return (
    <section className="panel figure" aria-label={label}>
      <div className="figure-label">{label}</div>
      <div className="figure-value" title={unit === undefined ? value : `${value} ${unit}`}>
        {value} {unit !== undefined && <span>{unit}</span>}
      </div>
      <div className="figure-note">{children}</div>
    </section>
  )
}
