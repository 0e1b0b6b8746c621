// Connecting a node: the way to it and its key or passphrase, looked at before anything is saved.
import { PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'
import { count, formatMemory } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { accessOf, isComplete, noWay, type Way } from '../node/way.ts'
import { ToAccept } from '../node/ToAccept.tsx'
import { useInspect } from '../node/useInspect.ts'
import { WayFields } from '../node/WayFields.tsx'
import { Button } from '../Button.tsx'
import { ErrorNotice, Note } from '../Note.tsx'
import { Facts } from '../Panel.tsx'
import { Findings } from './Findings.tsx'

type Secret = MethodInput<'nodes.add'>['secret']

interface NodeFormProps {
  readonly onDone: () => void
  readonly onCancel: () => void
}

export function NodeForm({ onDone, onCancel }: NodeFormProps) {
  const [way, setWay] = useState<Way>(noWay)
  const [kind, setKind] = useState<Secret['kind']>('key')
  const [value, setValue] = useState('')
  const [name, setName] = useState('')
  const probe = useAct('nodes.probe')
  const add = useAct('nodes.add')
  const seen = probe.data
  const secret: Secret = { kind, value }
  const wish = (of: Way) => {
    const access = accessOf(of)
    return { url: of.url, ...(access === undefined ? {} : { access }) }
  }
  const probeWay = (of: Way): void => {
    probe.mutate(
      { ...wish(of), secret },
      {
        onSuccess: (node) => {
          if (name.trim() === '') setName(node.hostname.slice(0, 40))
        },
      },
    )
  }
  const inspecting = useInspect(probeWay)
  const changed = (): void => {
    inspecting.reset()
    probe.reset()
    add.reset()
  }
  const save = (): void => {
    add.mutate(
      { name: name.trim(), ...wish(way), secret },
      {
        onSuccess: (node) => {
          setValue('')
          setWay(noWay)
          tellDone(`${node.name} is connected`, `${count(node.vms, 'VM')}. Its key is in the keychain.`)
          onDone()
        },
      },
    )
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (seen === undefined) inspecting.look(way)
        else save()
      }}
    >
      <WayFields
        way={way}
        onChange={(next) => {
          setWay(next)
          changed()
        }}
      />
      <SegmentedControl
        aria-label="By what Flint lets you in"
        value={kind}
        onChange={(next) => {
          setKind(next === 'passphrase' ? 'passphrase' : 'key')
          changed()
        }}
        data={[
          { value: 'key', label: 'With its API key' },
          { value: 'passphrase', label: 'With its passphrase' },
        ]}
      />
      <PasswordInput
        label={kind === 'key' ? 'API key' : 'Passphrase'}
        description={
          kind === 'key' ? 'Kept in this system’s keychain, nowhere else' : 'Used once, to fetch the key; the passphrase itself is not kept'
        }
        required
        autoComplete="off"
        value={value}
        onChange={(event) => {
          setValue(event.currentTarget.value)
          changed()
        }}
      />
      {inspecting.shown !== null && (
        <ToAccept
          shown={inspecting.shown}
          busy={inspecting.busy}
          onAccept={() => {
            setWay(inspecting.accept(way))
          }}
        />
      )}
      <ErrorNotice error={inspecting.error ?? probe.error} />
      {seen !== undefined && (
        <>
          <NodeSeen seen={seen} />
          <TextInput
            label="Name"
            description="How it is called here: up to 40 characters, no slash"
            required
            maxLength={40}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value)
              add.reset()
            }}
          />
        </>
      )}
      {add.error !== null && <ErrorNotice error={add.error} />}
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        {seen === undefined ? (
          <Button kind="primary" type="submit" busy={inspecting.busy || probe.isPending} disabled={!isComplete(way) || value === '' || inspecting.shown !== null}>
            Look at it
          </Button>
        ) : (
          <Button kind="primary" type="submit" busy={add.isPending} disabled={name.trim() === ''}>
            Connect
          </Button>
        )}
      </div>
    </form>
  )
}

function NodeSeen({ seen }: { readonly seen: MethodOutput<'nodes.probe'> }) {
  return (
    <div className="stack tight">
      <Note tone="ok" title="A Flint node answers, and the key is in force.">
        <Facts
          rows={[
            [
              'Address',
              <span key="url" className="mono">
                {seen.url}
              </span>,
            ],
            ['Host', seen.hostname],
            ['Size', `${String(seen.cpuCores)} cores, ${formatMemory(seen.memoryTotalKiB)}`],
            ['VMs', seen.vms],
          ]}
        />
      </Note>
      <Findings findings={seen.findings} />
    </div>
  )
}
