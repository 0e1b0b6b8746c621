// What a VM is made of, from a fresh look: disks, interfaces, snapshots; what can be added; its definition.
import { NumberInput, Select } from '@mantine/core'
import { IconCamera, IconPlus, IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Age } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { DialogForm } from '../../components/DialogForm.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { SnapshotForm } from '../../components/estate/SnapshotForm.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { SnapshotList } from './SnapshotList.tsx'

type Details = MethodOutput<'vms.details'>

export function Machine({ vm }: { readonly vm: VmRow }) {
  const details = useRead('vms.details', { nodeId: vm.nodeId, uuid: vm.uuid })
  const dialogs = useDialogs()
  const machine = details.data
  if (machine === undefined) return details.error === null ? <Skeleton lines={3} /> : <ErrorNotice error={details.error} />
  return (
    <>
      {machine.hasAcpi === false && (
        <div className="panel-body">
          <Note tone="warn" title="No stop reaches this VM">
            <p>
              It was defined without ACPI, as Flint makes VMs: its guest cannot be asked to shut down or reboot, only be forced off, and takes no disk or interface while it runs. On the
              node: <span className="mono">virsh edit {vm.name}</span> and put <span className="mono">{'<features><acpi/></features>'}</span> below <span className="mono">{'</os>'}</span>; it
              holds from its next start.
            </p>
          </Note>
        </div>
      )}
      <div className="sub-head row">
        Snapshots
        <span className="sub-note">
          <Age at={machine.observedAt} />
        </span>
        <span className="push row">
          <Button kind="quiet" icon={<Icon of={IconRefresh} />} busy={details.isFetching} onClick={() => void details.refetch()}>
            Look
          </Button>
          <Button
            icon={<Icon of={IconCamera} />}
            onClick={() => {
              dialogs.open(`Snapshot of ${vm.name}`, (close) => <SnapshotForm vm={vm} close={close} />)
            }}
          >
            Make one
          </Button>
        </span>
      </div>
      <ErrorNotice error={details.error} />
      <SnapshotList vm={vm} snapshots={machine.snapshots} />
      <div className="sub-head row">
        Disks and interfaces
        <span className="push row">
          <Button
            icon={<Icon of={IconPlus} />}
            disabled={vm.state !== 'running'}
            title={vm.state === 'running' ? undefined : 'Flint attaches disks only to a running VM'}
            onClick={() => {
              dialogs.open(`Attach a disk to ${vm.name}`, (close) => <AttachDisk vm={vm} machine={machine} close={close} />)
            }}
          >
            Disk
          </Button>
          <Button
            icon={<Icon of={IconPlus} />}
            onClick={() => {
              dialogs.open(`Attach an interface to ${vm.name}`, (close) => <AttachInterface vm={vm} close={close} />)
            }}
          >
            Interface
          </Button>
        </span>
      </div>
      <Devices machine={machine} />
      <details className="panel-body">
        <summary className="muted">Definition</summary>
        <pre className="mono code">{machine.xml}</pre>
      </details>
    </>
  )
}

function Devices({ machine }: { readonly machine: Details }) {
  return (
    <div className="panel-scroll">
      <table className="plain">
        <tbody>
          {machine.disks.map((disk) => (
            <tr key={disk.target}>
              <td className="mono">{disk.target}</td>
              <td>{disk.device === 'cdrom' ? 'CD' : 'disk'}</td>
              <td className="mono wrap small">
                {disk.path ?? (disk.source.kind === 'volume' ? `${disk.source.pool}/${disk.source.volume}` : 'not known')}
              </td>
            </tr>
          ))}
          {machine.nics.map((nic) => (
            <tr key={nic.mac}>
              <td className="mono">{nic.source}</td>
              <td>{nic.model}</td>
              <td className="mono small">
                {nic.mac}
                {nic.filter !== null && <span className="muted"> · filter {nic.filter}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function AttachDisk({ vm, machine, close }: { readonly vm: VmRow; readonly machine: Details; readonly close: () => void }) {
  const storage = useRead('storage.list', { nodeId: vm.nodeId })
  const attach = useAct('vms.attachDisk')
  const make = useAct('storage.createVolume')
  const free = (storage.data?.pools ?? []).flatMap((pool) =>
    pool.volumes
      .filter((volume) => volume.usedBy.length === 0 && volume.name.endsWith('.qcow2'))
      .map((volume) => ({ value: `${pool.name}/${volume.name}`, label: volume.name })),
  )
  const used = new Set(machine.disks.map((disk) => disk.target))
  const target = ['vdb', 'vdc', 'vdd', 'vde', 'vdf', 'vdg', 'vdh'].find((one) => !used.has(one)) ?? 'vdz'
  const [chosen, setChosen] = useState<string | null>(null)
  const [sizeGiB, setSizeGiB] = useState(10)
  const fresh = `${vm.name}-disk-${target}.qcow2`
  const pool = storage.data?.pools[0]?.name ?? ''
  const submit = async (): Promise<void> => {
    const cut = chosen?.indexOf('/') ?? 0
    const poolName = chosen?.slice(0, cut) ?? pool
    const volume = chosen?.slice(cut + 1) ?? fresh
    if (chosen === null) await make.mutateAsync({ nodeId: vm.nodeId, pool: poolName, name: volume, sizeGiB })
    await attach.mutateAsync({ nodeId: vm.nodeId, uuid: vm.uuid, pool: poolName, volume, target })
    tellDone(`${vm.name}: ${volume} is attached as ${target}`)
    close()
  }
  return (
    <DialogForm
      verb={`Attach as ${target}`}
      busy={attach.isPending || make.isPending}
      disabled={pool === ''}
      error={storage.error ?? make.error ?? attach.error}
      onSubmit={() => {
        submit().catch(() => undefined)
      }}
      close={close}
    >
      <Note tone="warn" title="Until its next power-off only: Flint does not write attached disks into a VM’s definition." />
      <Select label="Volume" value={chosen} clearable placeholder="A new one" data={free} onChange={setChosen} />
      {chosen === null && (
        <NumberInput
          label="Size of the new one, GB"
          min={1}
          max={10_000}
          value={sizeGiB}
          onChange={(value) => {
            setSizeGiB(Number(value))
          }}
        />
      )}
    </DialogForm>
  )
}

function AttachInterface({ vm, close }: { readonly vm: VmRow; readonly close: () => void }) {
  const networks = useRead('networks.list', { nodeId: vm.nodeId })
  const attach = useAct('vms.attachInterface')
  const [network, setNetwork] = useState<string | null>('default')
  const names = [
    ...(networks.data?.networks ?? []).map((one) => one.name),
    ...(networks.data?.interfaces ?? []).filter((one) => one.type === 'bridge').map((one) => one.name),
  ]
  return (
    <DialogForm
      verb="Attach"
      busy={attach.isPending}
      disabled={network === null}
      error={networks.error ?? attach.error}
      onSubmit={() => {
        if (network === null) return
        attach.mutate(
          { nodeId: vm.nodeId, uuid: vm.uuid, network, model: 'virtio' },
          {
            onSuccess: () => {
              tellDone(`${vm.name}: an interface on ${network} is attached`)
              close()
            },
          },
        )
      }}
      close={close}
    >
      <Note
        tone="accent"
        title={
          vm.state === 'running'
            ? 'Until its next power-off only: attach it while the VM is off to keep it.'
            : 'It is written into the VM’s definition.'
        }
      />
      <Select label="Network or bridge" value={network} data={[...new Set(names)]} onChange={setNetwork} />
    </DialogForm>
  )
}
