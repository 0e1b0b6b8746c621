// A bar for used, a tick for committed, a line for physical; the figures stand beside it, so that the picture is never alone.

interface MeterProps {
  readonly label: string
  readonly used: number
  readonly committed?: number
  readonly physical: number
  readonly text: string
}

export function Meter({ label, used, committed, physical, text }: MeterProps) {
  const whole = Math.max(physical, committed ?? 0, used, 1)
  const share = (part: number): string => `${String(Math.min(100, Math.max(0, (part / whole) * 100)))}%`
  const over = committed !== undefined && committed > physical
  return (
    <div className="meter" role="img" aria-label={`${label}: ${text}`}>
      <div className="meter-track">
        <div className="meter-used" style={{ width: share(used) }} />
        {committed !== undefined && (
          <div className={over ? 'meter-committed over' : 'meter-committed'} style={{ left: `calc(${share(committed)} - 2px)` }} />
        )}
        {whole > physical && <div className="meter-physical" style={{ left: share(physical) }} />}
      </div>
      <span className="meter-text">{text}</span>
    </div>
  )
}
