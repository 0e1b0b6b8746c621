// A VM's snapshots: each can be reverted to or deleted, both asked about first.
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../../components/Age.tsx'
import { IconButton } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { JobLine } from '../../components/estate/JobLine.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Note } from '../../components/Note.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { tellDone } from '../../lib/tell.tsx'
import { useJob } from '../../lib/useJob.ts'

type Snapshot = MethodOutput<'vms.details'>['snapshots'][number]

export function SnapshotList({ vm, snapshots }: { readonly vm: VmRow; readonly snapshots: readonly Snapshot[] }) {
  const dialogs = useDialogs()
  if (snapshots.length === 0) return <p className="panel-body muted">None.</p>
  return (
    <div className="panel-scroll">
      <table className="plain">
        <tbody>
          {[...snapshots]
            .sort((a, b) => b.createdAt - a.createdAt)
            .map((snapshot) => (
              <tr key={snapshot.name}>
                <td
                  className="strong cut-cell"
                  title={snapshot.description === '' ? snapshot.name : `${snapshot.name}: ${snapshot.description}`}
                >
                  {snapshot.name}
                </td>
                <td className="muted">{snapshot.state === 'running' ? 'while running' : 'while off'}</td>
                <td className="end">
                  <Instant at={snapshot.createdAt} />
                </td>
                <td className="end">
                  <IconButton
                    label={`Revert to ${snapshot.name}`}
                    icon={<Icon of={IconArrowBackUp} />}
                    onClick={() => {
                      dialogs.open(`Revert ${vm.name}`, (close) => <Revert vm={vm} snapshot={snapshot} close={close} />)
                    }}
                  />
                  <IconButton
                    label={`Delete ${snapshot.name}`}
                    icon={<Icon of={IconTrash} />}
                    onClick={() => {
                      dialogs.open(`Delete a snapshot of ${vm.name}`, (close) => <Remove vm={vm} snapshot={snapshot} close={close} />)
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

interface SnapshotActProps {
  readonly vm: VmRow
  readonly snapshot: Snapshot
  readonly close: () => void
}

function Revert({ vm, snapshot, close }: SnapshotActProps) {
  const revert = useJob('snapshots.revert')
  return (
    <>
      <ConfirmByName
        name={vm.name}
        verb="Revert"
        busy={revert.busy}
        error={revert.error}
        what={
          <div className="stack">
            <p>
              The disks of <span className="strong">{vm.name}</span>
              {vm.service?.customerName ? `, of ${vm.service.customerName},` : ''} become what they were <Instant at={snapshot.createdAt} />
              . Everything written since is lost.
            </p>
            <Note
              tone="warn"
              title={snapshot.state === 'running' ? 'It runs afterwards, for it ran then.' : 'It is off afterwards, for it was off then.'}
            />
          </div>
        }
        onCancel={close}
        onConfirm={() => {
          revert.run({ nodeId: vm.nodeId, uuid: vm.uuid, name: snapshot.name, confirm: vm.name }, () => {
            tellDone(`${vm.name} is reverted to ${snapshot.name}`)
            close()
          })
        }}
      />
      {revert.busy && <JobLine jobId={revert.jobId} />}
    </>
  )
}

function Remove({ vm, snapshot, close }: SnapshotActProps) {
  const remove = useJob('snapshots.delete')
  return (
    <ConfirmByName
      name={snapshot.name}
      verb="Delete the snapshot"
      busy={remove.busy}
      error={remove.error}
      what={<p>The VM stays as it is; it can no longer be reverted to this moment.</p>}
      onCancel={close}
      onConfirm={() => {
        remove.run({ nodeId: vm.nodeId, uuid: vm.uuid, name: snapshot.name, confirm: snapshot.name }, () => {
          tellDone(`${vm.name}: snapshot ${snapshot.name} is deleted`)
          close()
        })
      }}
    />
  )
}
