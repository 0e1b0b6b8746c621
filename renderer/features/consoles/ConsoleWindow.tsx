// One VM's console in a window of its own.
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { popOuts } from '../../lib/popOuts.ts'
import { useRead } from '../../lib/queries.ts'
import { ConsolePane } from './ConsolePane.tsx'
import './consoles.css'

export function ConsoleWindow() {
  const { nodeId, uuid } = useParams({ from: '/console-window/$nodeId/$uuid' })
  const vm = useMemo(() => ({ nodeId, uuid }), [nodeId, uuid])
  const row = useRead('vms.list', {}).data?.find((one) => one.nodeId === nodeId && one.uuid === uuid)
  const title = row === undefined ? uuid : row.service?.customerName == null ? row.name : `${row.name} · ${row.service.customerName}`
  useEffect(() => {
    document.title = `${title.slice(0, 200)} · Flint Console`
  }, [title])
  useEffect(() => popOuts().announce(vm), [vm])
  return (
    <div className="console-window">
      <ConsolePane
        vm={vm}
        isShown
        isWindow
        onMove={() => {
          popOuts().sendBack(vm)
        }}
        onStep={() => undefined}
      />
    </div>
  )
}
