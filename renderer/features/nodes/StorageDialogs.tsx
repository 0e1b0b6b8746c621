// What is done to a node's storage: a pool made, a volume made, enlarged and deleted.
import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { DialogForm } from '../../components/DialogForm.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { formatBytes } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import type { Pool, Volume } from './NodeStorage.tsx'

export function NewPool({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const create = useAct('storage.createPool')
  const [name, setName] = useState('')
  const [path, setPath] = useState('/srv/')
  return (
    <DialogForm
      verb="Make the pool"
      busy={create.isPending}
      disabled={name.trim() === '' || !path.trim().startsWith('/')}
      error={create.error}
      onSubmit={() => {
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
      close={close}
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
    </DialogForm>
  )
}

interface NewVolumeProps {
  readonly node: NodeRow
  readonly pools: readonly Pool[]
  readonly pool: string
  readonly close: () => void
}

export function NewVolume({ node, pools, pool: first, close }: NewVolumeProps) {
  const create = useAct('storage.createVolume')
  const [pool, setPool] = useState(first)
  const [name, setName] = useState('')
  const [sizeGiB, setSizeGiB] = useState(10)
  const fileName = name.trim().includes('.') ? name.trim() : `${name.trim()}.qcow2`
  return (
    <DialogForm
      verb="Make it"
      busy={create.isPending}
      disabled={name.trim() === ''}
      error={create.error}
      onSubmit={() => {
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
      close={close}
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
    </DialogForm>
  )
}

interface VolumeActProps {
  readonly node: NodeRow
  readonly pool: string
  readonly volume: Volume
  readonly close: () => void
}

export function Enlarge({ node, pool, volume, close }: VolumeActProps) {
  const resize = useAct('storage.resizeVolume')
  const [sizeGiB, setSizeGiB] = useState(Math.ceil(volume.capacityBytes / 1_073_741_824) + 10)
  return (
    <DialogForm
      verb="Enlarge"
      busy={resize.isPending}
      error={resize.error}
      onSubmit={() => {
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
      close={close}
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
    </DialogForm>
  )
}

export function DeleteVolume({ node, pool, volume, close }: VolumeActProps) {
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
