// What has to be accepted by its fingerprint before anything is sent: an SSH server's host key, a certificate.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { formatDay, formatExact } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { Button } from '../Button.tsx'
import { Note } from '../Note.tsx'
import { Facts } from '../Panel.tsx'
import type { Inspection } from './way.ts'

type Certificate = NonNullable<MethodOutput<'nodes.list'>[number]['access']['certificate']>

/** A fingerprint that may break anywhere. */
export function Fingerprint({ of }: { readonly of: string }) {
  return <span className="mono wrap small">{of}</span>
}

/** A day of a certificate's validity, the exact instant on hover. */
function ValidityDay({ at }: { readonly at: number }) {
  const nowMs = useMinute()
  return <span title={formatExact(at)}>{formatDay(new Date(at).toISOString().slice(0, 10), nowMs)}</span>
}

export function CertificateFacts({ certificate, bare = false }: { readonly certificate: Certificate; readonly bare?: boolean }) {
  return (
    <Facts
      rows={[
        ...(bare ? [] : [['SHA-256', <Fingerprint key="fingerprint" of={certificate.fingerprint} />] as const]),
        ['For', [certificate.subject, ...certificate.names.filter((name) => name !== certificate.subject)].slice(0, 4).join(', ')],
        ['Issued by', certificate.issuer],
        [
          'Valid',
          <span key="valid">
            <ValidityDay at={certificate.validFrom} /> to <ValidityDay at={certificate.validTo} />
          </span>,
        ],
      ]}
    />
  )
}

export function ToAccept({ shown, busy, onAccept }: { readonly shown: Inspection; readonly busy: boolean; readonly onAccept: () => void }) {
  const { toConfirm, hostKey, certificate, certificateProblem } = shown
  // In a dialog it may come up below the edge.
  const intoView = (element: HTMLElement | null): void => {
    element?.scrollIntoView({ block: 'nearest' })
  }
  if (toConfirm === 'host-key' && hostKey !== null) {
    return (
      <Note tone="warn" title="The SSH server shows a host key that was never accepted here.">
        <Facts
          rows={[
            ['Kind', hostKey.type],
            ['Fingerprint', <Fingerprint key="fingerprint" of={hostKey.fingerprint} />],
          ]}
        />
        <p>
          Compare it with what <span className="mono">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</span> prints on the server.
        </p>
        <div ref={intoView}>
          <Button busy={busy} onClick={onAccept}>
            Accept exactly this host key
          </Button>
        </div>
      </Note>
    )
  }
  if (toConfirm === 'certificate' && certificate !== null) {
    return (
      <Note tone="warn" title={`This system does not trust the certificate: ${certificateProblem ?? 'nobody vouches for it'}.`}>
        <CertificateFacts certificate={certificate} />
        <p>Compare the fingerprint on the node. Accepted, it is the only certificate that this node may show.</p>
        <div ref={intoView}>
          <Button busy={busy} onClick={onAccept}>
            Accept exactly this certificate
          </Button>
        </div>
      </Note>
    )
  }
  return null
}
