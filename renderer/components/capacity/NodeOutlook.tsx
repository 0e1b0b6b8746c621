// Where a node is going: promised against physical, days until full with their uncertainty, and how much more fits.
import { certaintyWords, forecastTone, fullInWords, ratioWords, type Forecast } from './capacityWords.ts'
import { useRead } from '../../lib/queries.ts'
import { Skeleton } from '../EmptyState.tsx'
import { ErrorNotice } from '../Note.tsx'
import { Facts, Panel } from '../Panel.tsx'
import { Headroom } from './Headroom.tsx'

export function ForecastWords({ forecast }: { readonly forecast: Forecast }) {
  const tone = forecastTone(forecast)
  return (
    <span>
      <span className={tone ?? ''}>{fullInWords(forecast)}</span>
      <br />
      <span className="muted small">{certaintyWords(forecast)}</span>
    </span>
  )
}

export function NodeOutlook({ nodeId }: { readonly nodeId: string }) {
  const outlook = useRead('capacity.outlook', {})
  const node = outlook.data?.nodes.find((one) => one.nodeId === nodeId)
  if (outlook.data === undefined || node === undefined) {
    return (
      <Panel title="Outlook">
        <ErrorNotice error={outlook.error} />
        {outlook.data === undefined && outlook.error === null && <Skeleton lines={4} />}
      </Panel>
    )
  }
  const { ratios } = node
  const { overcommit } = outlook.data.settings
  return (
    <Panel title="Outlook">
      <Facts
        rows={[
          ['Disk full in', <ForecastWords key="disk" forecast={node.disk} />],
          ['Memory promised in', <ForecastWords key="memory" forecast={node.memory} />],
          ['Memory, promised', `${ratioWords(ratios.memoryRunning)} running, ${ratioWords(ratios.memoryDefined)} all`],
          ['vCPU, promised', `${ratioWords(ratios.vcpuRunning)} running, ${ratioWords(ratios.vcpuDefined)} all`],
          ['Disk, promised', ratioWords(ratios.diskProvisioned)],
        ]}
      />
      <div className="sub-head">More that fit</div>
      <Headroom outlook={outlook.data} nodeId={nodeId} />
      <p className="panel-foot muted small">
        Every VM that is defined counts, running or not; up to {overcommit.memory} : 1 of memory, {overcommit.vcpu} : 1 of vCPU,{' '}
        {overcommit.disk} : 1 of disk. Beside each number is what runs out first.
      </p>
    </Panel>
  )
}
