// A node's storage pools and volumes, with who uses each; what no VM uses is marked.
import { IconArrowsMaximize, IconDatabase, IconDatabasePlus, IconPlus, IconRefresh, IconTrash, IconUnlink } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Age } from '../../components/Age.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count, formatBytes, formatOf } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { DeleteVolume, Enlarge, NewPool, NewVolume } from './StorageDialogs.tsx'

export type Pool = MethodOutput<'storage.list'>['pools'][number]
export type Volume = Pool['volumes'][number]

const meanings: Record<Volume['kind'], string> = {
  disk: 'disk',
  cd: 'CD',
  image: 'image',
  orphan: 'orphan: no VM uses it',
  unproved: 'seen with no VM; not all could be read',
}

export function NodeStorage({ node }: { readonly node: NodeRow }) {
  const storage = useRead('storage.list', { nodeId: node.id })
  const dialogs = useDialogs()
  const [onlyUnused, setOnlyUnused] = useState(false)
  if (storage.data === undefined) return storage.error === null ? <Skeleton /> : <ErrorNotice error={storage.error} />
  const { pools, unreadableVms, observedAt } = storage.data
  return (
    <>
      <ErrorNotice error={storage.error} />
      {unreadableVms > 0 && (
        <Note tone="warn" title={`${count(unreadableVms, 'VM')} of this node could not be read: nothing is called an orphan.`} />
      )}
      <div className="row">
        <Button
          icon={<Icon of={IconDatabasePlus} />}
          onClick={() => {
            dialogs.open(`New pool on ${node.name}`, (close) => <NewPool node={node} close={close} />)
          }}
        >
          New pool
        </Button>
      </div>
      {pools.length === 0 && <EmptyState icon={IconDatabase} title="This node has no storage pool" />}
      {pools.map((pool) => (
        <Panel
          key={pool.name}
          title={pool.name}
          note={
            <>
              {pool.state.toLowerCase()} · {formatOf(pool.allocatedBytes, pool.capacityBytes)} written ·{' '}
              {count(pool.volumes.length, 'volume')}
              <Orphans of={pool} />{' '}
              · <Age at={observedAt} of="looked" />
            </>
          }
          actions={
            <span className="row">
              <Button
                kind="quiet"
                aria-pressed={onlyUnused}
                onClick={() => {
                  setOnlyUnused(!onlyUnused)
                }}
              >
                {onlyUnused ? 'Show all' : 'Only unused'}
              </Button>
              <Button kind="quiet" icon={<Icon of={IconRefresh} />} busy={storage.isFetching} onClick={() => void storage.refetch()}>
                Look
              </Button>
              <Button
                icon={<Icon of={IconPlus} />}
                onClick={() => {
                  dialogs.open(`New volume on ${node.name}`, (close) => (
                    <NewVolume node={node} pools={pools} pool={pool.name} close={close} />
                  ))
                }}
              >
                New volume
              </Button>
            </span>
          }
        >
          {pool.problem !== null && <Note tone="bad" title={pool.problem} />}
          <VolumeTable
            node={node}
            pool={pool}
            volumes={onlyUnused ? pool.volumes.filter((volume) => volume.usedBy.length === 0) : pool.volumes}
          />
        </Panel>
      ))}
    </>
  )
}

function Orphans({ of }: { readonly of: Pool }) {
  const orphans = of.volumes.filter((volume) => volume.kind === 'orphan')
  if (orphans.length === 0) return null
  return (
    <span className="warn">
      {' '}
      · {count(orphans.length, 'orphan')}, {formatBytes(orphans.reduce((sum, one) => sum + one.capacityBytes, 0))}
    </span>
  )
}

function VolumeTable({ node, pool, volumes }: { readonly node: NodeRow; readonly pool: Pool; readonly volumes: readonly Volume[] }) {
  const dialogs = useDialogs()
  if (volumes.length === 0) return <p className="panel-body muted">No volume.</p>
  return (
    <div className="panel-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Volume</th>
            <th scope="col">Is</th>
            <th scope="col">Used by</th>
            <th scope="col" className="end">
              Size
            </th>
            <th scope="col">
              <span className="hidden-words">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...volumes]
            .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
            .map((volume) => (
              <tr key={volume.name}>
                <td className="mono" title={volume.path}>
                  {volume.name}
                </td>
                <td>
                  {volume.kind === 'orphan' ? (
                    <Tag tone="warn" icon={IconUnlink} word={meanings.orphan} />
                  ) : (
                    <span className="muted">{meanings[volume.kind]}</span>
                  )}
                </td>
                <td>
                  {volume.usedBy.length === 0 ? (
                    <span className="faint">–</span>
                  ) : volume.usedBy.length > 3 ? (
                    count(volume.usedBy.length, 'VM')
                  ) : (
                    volume.usedBy.join(', ')
                  )}
                </td>
                <td className="end">{formatBytes(volume.capacityBytes)}</td>
                <td className="end">
                  <IconButton
                    label={`Enlarge ${volume.name}`}
                    icon={<Icon of={IconArrowsMaximize} />}
                    onClick={() => {
                      dialogs.open(`Enlarge ${volume.name}`, (close) => (
                        <Enlarge node={node} pool={pool.name} volume={volume} close={close} />
                      ))
                    }}
                  />
                  <IconButton
                    label={`Delete ${volume.name}`}
                    icon={<Icon of={IconTrash} />}
                    disabled={volume.usedBy.length > 0}
                    onClick={() => {
                      dialogs.open('Delete a volume', (close) => (
                        <DeleteVolume node={node} pool={pool.name} volume={volume} close={close} />
                      ))
                    }}
                  />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}
