// Makes a snapshot of a VM: its name, what it is for, and what that means for a running guest.
import { TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { tellDone } from '../../lib/tell.tsx'
import { useJob } from '../../lib/useJob.ts'
import { DialogForm } from '../DialogForm.tsx'
import { Note } from '../Note.tsx'
import { JobLine } from './JobLine.tsx'
import type { VmRow } from './states.tsx'

export function SnapshotForm({ vm, close }: { readonly vm: VmRow; readonly close: () => void }) {
  const create = useJob('snapshots.create')
  const [name, setName] = useState(() => `snap-${new Date().toISOString().slice(0, 16).replaceAll(/[-:T]/g, '')}`)
  const [description, setDescription] = useState('')
  return (
    <DialogForm
      verb="Make it"
      busy={create.busy}
      disabled={name.trim() === ''}
      error={create.error}
      onSubmit={() => {
        create.run({ nodeId: vm.nodeId, uuid: vm.uuid, name: name.trim(), description: description.trim() }, () => {
          tellDone(`${vm.name}: snapshot ${name.trim()} is made`)
          close()
        })
      }}
      close={close}
    >
      {vm.state === 'running' && (
        <Note tone="warn" title="The guest stands still while its memory is written into its disk, seconds to minutes." />
      )}
      <TextInput
        label="Name"
        required
        maxLength={64}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
        }}
      />
      <Textarea
        label="Description"
        maxLength={500}
        value={description}
        onChange={(event) => {
          setDescription(event.currentTarget.value)
        }}
      />
      <p className="muted">It lives inside the VM’s disk and is lost with it: it is no backup.</p>
      {create.busy && <JobLine jobId={create.jobId} />}
    </DialogForm>
  )
}
