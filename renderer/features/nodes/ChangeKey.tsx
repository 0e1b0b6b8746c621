// Another API key for a node, step by step: made on the node, proved here, then kept in the old one's place.
import { PasswordInput, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { DialogForm } from '../../components/DialogForm.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

export function ChangeKey({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const change = useAct('nodes.changeKey')
  const [kind, setKind] = useState<'key' | 'passphrase'>('key')
  const [value, setValue] = useState('')
  return (
    <DialogForm
      verb="Prove and change"
      busy={change.isPending}
      disabled={value === ''}
      error={change.error}
      onSubmit={() => {
        change.mutate(
          { nodeId: node.id, secret: { kind, value } },
          {
            onSuccess: (row) => {
              setValue('')
              tellDone(row.name, 'The new key is in force and in the keychain.')
              close()
            },
          },
        )
      }}
      close={close}
    >
      <ol className="how-to">
        <li>
          On the node, make a key: <span className="mono wrap">openssl rand -hex 32</span>
        </li>
        <li>
          Put it into <span className="mono wrap">~/.flint/config.json</span>, at the top level: <span className="mono wrap">"api_key": "…"</span>. A key
          that does not stand there is forgotten when Flint restarts.
        </li>
        <li>Restart Flint. Its VMs run on; until step 4 this console shows the node as “key refused”.</li>
        <li>Enter the key here. It is proved at the same machine before the old one is let go.</li>
      </ol>
      <SegmentedControl
        aria-label="By what Flint lets you in"
        value={kind}
        onChange={(next) => {
          setKind(next === 'passphrase' ? 'passphrase' : 'key')
          change.reset()
        }}
        data={[
          { value: 'key', label: 'The new API key' },
          { value: 'passphrase', label: 'Fetch it by the passphrase' },
        ]}
      />
      <PasswordInput
        label={kind === 'key' ? 'API key' : 'Passphrase'}
        required
        autoComplete="off"
        data-autofocus
        value={value}
        onChange={(event) => {
          setValue(event.currentTarget.value)
          change.reset()
        }}
      />
    </DialogForm>
  )
}
