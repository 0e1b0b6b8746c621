// How a node is reached and by what it is trusted, who else could reach it, and what the operator keeps about it.
import { IconKey, IconRefresh, IconRoute } from '@tabler/icons-react'
import { Age, Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { Findings } from '../../components/estate/Findings.tsx'
import { NodeState } from '../../components/estate/states.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { CertificateFacts, Fingerprint } from '../../components/node/ToAccept.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { AcceptChange } from './AcceptChange.tsx'
import { ChangeAddress } from './ChangeAddress.tsx'
import { ChangeKey } from './ChangeKey.tsx'
import { NodeNotes } from './NodeNotes.tsx'

export function NodeAccess({ node }: { readonly node: NodeRow }) {
  return (
    <>
      {node.change !== null && <AcceptChange key={node.change.seen} node={node} change={node.change} />}
      <section className="grid wide-narrow">
        <div className="stack">
          <WayPanel node={node} />
          <Exposure node={node} />
        </div>
        <NodeNotes node={node} />
      </section>
    </>
  )
}

function WayPanel({ node }: { readonly node: NodeRow }) {
  const dialogs = useDialogs()
  const { access } = node
  return (
    <Panel
      title="Way"
      note={<NodeState node={node} />}
      actions={
        <div className="row">
          <Button
            icon={<Icon of={IconRoute} />}
            onClick={() => {
              dialogs.open(`Change the address of ${node.name}`, (close) => <ChangeAddress node={node} close={close} />, 560)
            }}
          >
            Change address
          </Button>
          <Button
            icon={<Icon of={IconKey} />}
            onClick={() => {
              dialogs.open(`Change the key of ${node.name}`, (close) => <ChangeKey node={node} close={close} />, 560)
            }}
          >
            Change key
          </Button>
        </div>
      }
    >
      <Facts
        rows={[
          [
            'Address',
            <span key="url" className="mono wrap">
              {node.url}
            </span>,
          ],
          ['Reached', wayWords(node)],
          ['Last seen', <Instant key="seen" at={node.lastSeenAt} />],
          ['Last checked', <Instant key="checked" at={node.checkedAt} />],
        ]}
      />
      {access.tunnel !== null && (
        <>
          <div className="sub-head">SSH server</div>
          <Facts
            rows={[
              [
                'Server',
                <span key="server" className="mono wrap">
                  {access.tunnel.user}@{access.tunnel.host}:{access.tunnel.port}
                </span>,
              ],
              ['Let in by', access.tunnel.auth === 'agent' ? 'the SSH agent' : `the key file ${access.tunnel.keyFile ?? ''}`],
              ['Host key', <Fingerprint key="host-key" of={access.tunnel.hostKeyFingerprint} />],
            ]}
          />
        </>
      )}
      {access.certificate !== null && (
        <>
          <div className="sub-head">{access.pinnedFingerprint === null ? 'Certificate, by a known authority' : 'Certificate, pinned'}</div>
          <CertificateFacts certificate={access.certificate} />
        </>
      )}
    </Panel>
  )
}

function wayWords({ access, url }: NodeRow): string {
  const isSecure = url.startsWith('https:')
  if (access.tunnel !== null) return isSecure ? 'by TLS inside an SSH tunnel' : 'through an SSH tunnel'
  if (!isSecure) return 'directly, in plain HTTP'
  return access.pinnedFingerprint === null ? 'by TLS, by the system’s authorities' : 'by TLS, one pinned certificate'
}

/** Findings about who could reach it, not about what runs there. */
const exposureCodes: readonly string[] = ['node.key-exposed', 'node.plain-http', 'node.port-open', 'node.certificate-expires']

function Exposure({ node }: { readonly node: NodeRow }) {
  const check = useAct('nodes.check')
  const findings = node.findings.filter(({ code }) => exposureCodes.includes(code))
  return (
    <Panel
      title="Exposure"
      note={<Age at={node.exposureCheckedAt} of="checked" never="not checked yet" staleAfterMs={26 * 3_600_000} />}
      actions={
        <Button
          icon={<Icon of={IconRefresh} />}
          busy={check.isPending}
          onClick={() => {
            check.mutate(
              { nodeId: node.id },
              {
                onError: (error) => {
                  tellFailure(node.name, error)
                },
              },
            )
          }}
        >
          Check now
        </Button>
      }
    >
      <div className="panel-body stack tight">
        {findings.length === 0 && <p className="muted">Nothing was found. It is looked for when a node is added, when it is checked, and once a day.</p>}
        <Findings findings={findings} />
      </div>
    </Panel>
  )
}
