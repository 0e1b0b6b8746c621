// What has to be accepted by its fingerprint before anything is sent: an SSH server's host key, a certificate.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Instant } from '../Age.tsx'
import { Button } from '../Button.tsx'
import { Note } from '../Note.tsx'
import { Facts } from '../Panel.tsx'
import type { Inspection } from './way.ts'

type Certificate = NonNullable<MethodOutput<'nodes.list'>[number]['access']['certificate']>

/** A fingerprint that may break anywhere. */
export function Fingerprint({ of }: { readonly of: string }) {
  return <span className="mono wrap small">{of}</span>
}

export function CertificateFacts({ certificate }: { readonly certificate: Certificate }) {
  return (
    <Facts
      rows={[
        ['SHA-256', <Fingerprint key="fingerprint" of={certificate.fingerprint} />],
        ['For', [certificate.subject, ...certificate.names.filter((name) => name !== certificate.subject)].slice(0, 4).join(', ')],
        ['Issued by', certificate.issuer],
        [
          'Valid',
          <span key="valid">
            <Instant at={certificate.validFrom} /> to <Instant at={certificate.validTo} />
          </span>,
        ],
      ]}
    />
  )
}

export function ToAccept({ shown, busy, onAccept }: { readonly shown: Inspection; readonly busy: boolean; readonly onAccept: () => void }) {
  const { toConfirm, hostKey, certificate, certificateProblem } = shown
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
        <Button busy={busy} onClick={onAccept}>
          Accept exactly this host key
        </Button>
      </Note>
    )
  }
  if (toConfirm === 'certificate' && certificate !== null) {
    return (
      <Note tone="warn" title={`This system does not trust the certificate: ${certificateProblem ?? 'nobody vouches for it'}.`}>
        <CertificateFacts certificate={certificate} />
        <p>Compare the fingerprint on the node. Accepted, it is the only certificate that this node may show.</p>
        <Button busy={busy} onClick={onAccept}>
          Accept exactly this certificate
        </Button>
      </Note>
    )
  }
  return null
}
