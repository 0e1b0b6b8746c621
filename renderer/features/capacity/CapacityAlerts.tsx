// What runs short now, with since when.
import { IconAlertTriangle } from '@tabler/icons-react'
import { Age } from '../../components/Age.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useRead } from '../../lib/queries.ts'

export function CapacityAlerts() {
  const alerts = useRead('capacity.alerts', {}).data ?? []
  if (alerts.length === 0) return null
  return (
    <Panel title="Runs short" note={alerts.length.toLocaleString()}>
      {alerts.map((alert) => (
        <div className="todo" key={`${alert.nodeId}/${alert.kind}`}>
          <Icon of={IconAlertTriangle} className="warn" />
          <div>
            <div className="todo-title">{alert.message}</div>
            <p>
              <Age at={alert.since} of="since" />
            </p>
          </div>
          <a className="button" href={`#/nodes/${encodeURIComponent(alert.nodeId)}`}>
            Open {alert.node}
          </a>
        </div>
      ))}
    </Panel>
  )
}
