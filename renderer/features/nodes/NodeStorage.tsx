// A node's storage pools and volumes, with who uses each; what no VM uses is marked.
import { NumberInput, Select, TextInput } from '@mantine/core'
import { IconArrowsMaximize, IconDatabase, IconDatabasePlus, IconPlus, IconRefresh, IconTrash, IconUnlink } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Age } from '../../components/Age.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count, formatBytes, formatOf } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

type Pool = MethodOutput<'storage.list'>['pools'][number]
type Volume = Pool['volumes'][number]

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

function NewPool({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const create = useAct('storage.createPool')
  const [name, setName] = useState('')
  const [path, setPath] = useState('/srv/')
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(
          { nodeId: node.id, name: name.trim(), path: path.trim() },
          {
            onSuccess: () => {
              tellDone(`The pool ${name.trim()} is made on ${node.name}`)
              close()
            },
          },
        )
      }}
    >
      <p>A folder of the node becomes a pool. Flint cannot remove one again: that is done on the node itself.</p>
      <TextInput
        label="Name"
        required
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
        }}
      />
      <TextInput
        label="Folder"
        description="An absolute path on the node; it has to be there"
        required
        value={path}
        onChange={(event) => {
          setPath(event.currentTarget.value)
        }}
      />
      <ErrorNotice error={create.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={create.isPending} disabled={name.trim() === '' || !path.trim().startsWith('/')}>
          Make the pool
        </Button>
      </div>
    </form>
  )
}

interface NewVolumeProps {
  readonly node: NodeRow
  readonly pools: readonly Pool[]
  readonly pool: string
  readonly close: () => void
}

function NewVolume({ node, pools, pool: first, close }: NewVolumeProps) {
  const create = useAct('storage.createVolume')
  const [pool, setPool] = useState(first)
  const [name, setName] = useState('')
  const [sizeGiB, setSizeGiB] = useState(10)
  const fileName = name.trim().includes('.') ? name.trim() : `${name.trim()}.qcow2`
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(
          { nodeId: node.id, pool, name: fileName, sizeGiB },
          {
            onSuccess: () => {
              tellDone(`${fileName} is made on ${node.name}`)
              close()
            },
          },
        )
      }}
    >
      <Select
        label="Pool"
        value={pool}
        allowDeselect={false}
        data={pools.map((one) => one.name)}
        onChange={(next) => {
          setPool(next ?? first)
        }}
      />
      <TextInput
        label="Name"
        required
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
        }}
      />
      <NumberInput
        label="Size, GB"
        min={1}
        max={10_000}
        value={sizeGiB}
        onChange={(value) => {
          setSizeGiB(Number(value))
        }}
      />
      <ErrorNotice error={create.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={create.isPending} disabled={name.trim() === ''}>
          Make it
        </Button>
      </div>
    </form>
  )
}

interface VolumeActProps {
  readonly node: NodeRow
  readonly pool: string
  readonly volume: Volume
  readonly close: () => void
}

function Enlarge({ node, pool, volume, close }: VolumeActProps) {
  const resize = useAct('storage.resizeVolume')
  const [sizeGiB, setSizeGiB] = useState(Math.ceil(volume.capacityBytes / 1_073_741_824) + 10)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        resize.mutate(
          { nodeId: node.id, pool, name: volume.name, sizeGiB },
          {
            onSuccess: () => {
              tellDone(`${volume.name} is ${String(sizeGiB)} GB`)
              close()
            },
          },
        )
      }}
    >
      <p>It is {formatBytes(volume.capacityBytes)} now, and only grows. The guest has to grow its partitions itself.</p>
      <NumberInput
        label="New size, GB"
        min={1}
        max={10_000}
        value={sizeGiB}
        onChange={(value) => {
          setSizeGiB(Number(value))
        }}
      />
      <ErrorNotice error={resize.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" busy={resize.isPending}>
          Enlarge
        </Button>
      </div>
    </form>
  )
}

function DeleteVolume({ node, pool, volume, close }: VolumeActProps) {
  const remove = useAct('storage.deleteVolume')
  return (
    <ConfirmByName
      name={volume.name}
      verb="Delete the volume"
      busy={remove.isPending}
      error={remove.error}
      what={
        <p>
          <span className="mono">{volume.path}</span>, {formatBytes(volume.capacityBytes)}, is deleted for good. No VM of {node.name} is
          seen to use it; that is looked at once more.
        </p>
      }
      onCancel={close}
      onConfirm={() => {
        remove.mutate(
          { nodeId: node.id, pool, name: volume.name, confirm: volume.name },
          {
            onSuccess: () => {
              tellDone(`${volume.name} is deleted`)
              close()
            },
          },
        )
      }}
    />
  )
}
