// A node that is not what was trusted: both fingerprints side by side, and the choice to accept the new one.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { CertificateFacts, Fingerprint } from '../../components/node/ToAccept.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

type Change = NonNullable<NodeRow['change']>

const words: Record<Change['kind'], { readonly title: string; readonly verb: string }> = {
  certificate: { title: 'The certificate has changed. Nothing is sent to this node.', verb: 'Accept the new certificate' },
  'host-key': { title: 'The SSH server’s host key has changed. Nothing is sent to this node.', verb: 'Accept the new host key' },
  host: { title: 'Another machine answers at this node’s address. Nothing is done there.', verb: 'This is the right machine now' },
}

export function AcceptChange({ node, change }: { readonly node: NodeRow; readonly change: Change }) {
  const accept = useAct('nodes.acceptChange')
  const [typed, setTyped] = useState('')
  const { title, verb } = words[change.kind]
  const isHost = change.kind === 'host'
  return (
    <Note tone="bad" title={title}>
      <Facts
        rows={[
          ['Accepted', <Fingerprint key="known" of={change.known} />],
          ['Now', <Fingerprint key="seen" of={change.seen} />],
          ['Since', <Instant key="since" at={change.seenAt} />],
        ]}
      />
      {change.certificate !== null && <CertificateFacts bare certificate={change.certificate} />}
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault()
          accept.mutate(
            { nodeId: node.id, seen: change.seen, ...(isHost ? { confirm: typed } : {}) },
            {
              onSuccess: (row) => {
                tellDone(row.name, row.state === 'ok' ? 'Accepted, and the node is well.' : 'Accepted; the node has another trouble now.')
              },
            },
          )
        }}
      >
        {isHost ? (
          <>
            <p>
              If the address leads elsewhere now, change the address. Accepted, this machine takes the node’s place: VMs that are not on it are
              taken for gone, with their services’ links.
            </p>
            <TextInput
              label={
                <>
                  Type <bdi className="mono">{node.name}</bdi> to accept it
                </>
              }
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setTyped(event.currentTarget.value)
              }}
            />
          </>
        ) : (
          <p>Compare the new fingerprint on the machine itself first: if it was not changed on purpose, someone stands between.</p>
        )}
        <ErrorNotice error={accept.error} />
        <div>
          <Button kind="danger" type="submit" busy={accept.isPending} disabled={isHost && typed !== node.name}>
            {verb}
          </Button>
        </div>
      </form>
    </Note>
  )
}
