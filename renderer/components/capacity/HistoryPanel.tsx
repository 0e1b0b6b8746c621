// Graphs over time of a node, a VM or the fleet: a range, zoom, the exact values under a common cursor, and CSV.
import { SegmentedControl } from '@mantine/core'
import { IconDownload, IconZoomOut } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { hostCharts, historyCsv, isRange, rangeMs, ranges, vmCharts, type RangeName } from '../../lib/capacityCharts.ts'
import { saveText, toCsv } from '../../lib/csv.ts'
import { formatInstant } from '../../lib/formatTime.ts'
import { useClock, useMinute } from '../../lib/now.ts'
import { useRead } from '../../lib/queries.ts'
import { useRemembered } from '../../lib/remembered.ts'
import { Button } from '../Button.tsx'
import { Skeleton } from '../EmptyState.tsx'
import { Icon } from '../Icon.tsx'
import { ErrorNotice } from '../Note.tsx'
import { Panel } from '../Panel.tsx'
import { HistoryChart } from './HistoryChart.tsx'
import './capacity.css'

interface HistoryPanelProps {
  readonly scope: MethodInput<'capacity.history'>['scope']
  /** The file's name begins with it. */
  readonly name: string
}

/** The end of a range moves on with the minute, that of a long one with the quarter of an hour. */
function useRangeEnd(range: RangeName): number {
  const stepMs = range === '1h' || range === '24h' ? 60_000 : 900_000
  return useClock((now) => (Math.floor(now / stepMs) + 1) * stepMs)
}

export function HistoryPanel({ scope, name }: HistoryPanelProps) {
  const [range, setRange] = useRemembered('capacity-range', isRange, '24h')
  const [zoom, setZoom] = useState<{ readonly from: number; readonly to: number } | null>(null)
  const end = useRangeEnd(range)
  const now = useMinute()
  const from = zoom?.from ?? end - rangeMs[range]
  const to = zoom?.to ?? end
  const history = useRead('capacity.history', { scope, from, to }, { keepPrevious: true })
  const plans = scope.kind === 'vm' ? vmCharts : hostCharts
  const simulatedUntil = history.data?.simulatedUntil ?? null
  const save = (): void => {
    if (history.data === undefined) return
    const { header, rows } = historyCsv(history.data)
    saveText(
      `${name}-${new Date(from).toISOString().slice(0, 16).replaceAll(':', '')}-${zoom === null ? range : 'zoom'}.csv`,
      toCsv(header, rows),
    )
  }
  return (
    <Panel
      title="History"
      note={zoom === null ? 'drag over a graph to zoom' : `${formatInstant(zoom.from, now)} to ${formatInstant(zoom.to, now)}`}
      actions={
        <div className="row">
          {zoom !== null && (
            <Button
              icon={<Icon of={IconZoomOut} />}
              onClick={() => {
                setZoom(null)
              }}
            >
              Whole range
            </Button>
          )}
          <SegmentedControl
            aria-label="Range"
            size="xs"
            data={ranges.map((one) => ({ value: one, label: one.replace(/(\d+)/, '$1 ') }))}
            value={range}
            onChange={(value) => {
              if (!isRange(value)) return
              setRange(value)
              setZoom(null)
            }}
          />
          <Button icon={<Icon of={IconDownload} />} disabled={history.data === undefined} onClick={save}>
            CSV
          </Button>
        </div>
      }
    >
      <ErrorNotice error={history.error} />
      {history.data === undefined && history.error === null && <Skeleton lines={8} />}
      {history.data !== undefined && (
        <div className={`history-grid ${history.isPlaceholderData ? 'stale' : ''}`}>
          {plans.map((plan) => (
            <HistoryChart
              key={plan.key}
              plan={plan}
              history={history.data}
              syncId={name}
              partName={scope.kind === 'fleet' ? 'node' : null}
              onZoom={(zoomFrom, zoomTo) => {
                setZoom({ from: zoomFrom, to: zoomTo })
              }}
            />
          ))}
        </div>
      )}
      {simulatedUntil !== null && (
        <p className="panel-foot muted small">Everything before {formatInstant(simulatedUntil, now)} is made up for the demonstration.</p>
      )}
    </Panel>
  )
}
