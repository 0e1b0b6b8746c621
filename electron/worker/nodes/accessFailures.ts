// Why a node cannot be reached in the way that was chosen for it, in the operator's words, with the way out.
import type { StoredCertificate, StoredChange } from '../../../db/schema.ts'
import { Failure } from '../../../shared/domain/failure.ts'

/** The node is not what was trusted: it is left alone until the operator has decided. */
export class AccessChanged extends Failure {
  readonly change: Omit<StoredChange, 'seenAt'>

  constructor(code: string, message: string, hint: string, change: Omit<StoredChange, 'seenAt'>) {
    super(code, message, hint)
    this.change = change
  }
}

function dayOf(instantMs: number): string {
  return Number.isFinite(instantMs) ? new Date(instantMs).toISOString().slice(0, 10) : '?'
}

/** `for kvm-a, issued by kvm-a, valid 2026-01-01 to 2027-01-01`. */
function describeCertificate(certificate: StoredCertificate): string {
  const { subject, issuer, validFrom, validTo } = certificate
  return `for ${subject}, issued by ${issuer}, valid ${dayOf(validFrom)} to ${dayOf(validTo)}`
}

export function certificateChanged(where: string, known: string | null, seen: StoredCertificate): AccessChanged {
  const before = known === null ? 'one that this system’s authorities vouch for' : known
  return new AccessChanged(
    'node.certificate-changed',
    `The certificate of ${where} is not the one that was accepted. Accepted: ${before}. Now: ${seen.fingerprint}, ${describeCertificate(seen)}.`,
    'Nothing was sent. If the certificate was renewed on purpose, compare the new fingerprint on the node and accept it on the node’s page; otherwise someone stands between.',
    { kind: 'certificate', known: before, seen: seen.fingerprint, certificate: seen },
  )
}

/** Asked for by an address that was never accepted: enrolment. */
export function certificateUntrusted(where: string, problem: string, seen: StoredCertificate): Failure {
  return new Failure(
    'node.certificate-untrusted',
    `This system does not trust the certificate of ${where} (${problem}): ${seen.fingerprint}, ${describeCertificate(seen)}.`,
    'Compare the fingerprint with the node’s own (`openssl x509 -noout -fingerprint -sha256 -in` its certificate) and accept exactly that certificate.',
  )
}

export function hostKeyChanged(server: string, known: string, seen: string, hostKeyType: string): AccessChanged {
  return new AccessChanged(
    'node.host-key-changed',
    `The SSH server ${server} shows another host key than the one that was accepted. Accepted: ${known}. Now: ${seen} (${hostKeyType}).`,
    'Nothing was sent. If the server was installed anew, compare the new fingerprint there (`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`) and accept it on the node’s page; otherwise someone stands between.',
    { kind: 'host-key', known, seen, hostKeyType },
  )
}

export function hostKeyUnknown(server: string, seen: string): Failure {
  return new Failure(
    'node.host-key-unknown',
    `The host key of the SSH server ${server} has not been accepted yet: ${seen}.`,
    'Compare it with what `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` prints on that server, and accept exactly that key.',
  )
}

export function hostChanged(message: string, known: string, seen: string): AccessChanged {
  return new AccessChanged(
    'node.host-changed',
    message,
    'Nothing is done there. Does the address lead to another machine now? Then correct the address. If the machine was installed anew or lost its VMs, say so on the node’s page.',
    { kind: 'host', known, seen },
  )
}

const sshHints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'No SSH server listens there. Is the port right?',
  ENOTFOUND: 'The host name is not known. Look for a slip in it, or write the IP address.',
  EAI_AGAIN: 'The name could not be looked up just now: is this machine online?',
}

export function sshUnreachable(server: string, word: string): Failure {
  return new Failure(
    'node.ssh-unreachable',
    `The SSH server ${server} cannot be reached (${word}).`,
    sshHints[word] ?? 'Is the server up, and does a firewall let this machine through?',
  )
}

export function sshRefused(server: string, user: string, by: string): Failure {
  return new Failure(
    'node.ssh-refused',
    `The SSH server ${server} does not let ${user} in with ${by}.`,
    'Is the user name right, and is the public key in that user’s ~/.ssh/authorized_keys? After a refusal it is tried less and less often; “Check now” tries at once.',
  )
}

export function sshAgentMissing(word: string): Failure {
  return new Failure(
    'node.ssh-agent',
    `No SSH agent can be asked for a key (${word}).`,
    'Start ssh-agent and add the key with ssh-add before starting this program (SSH_AUTH_SOCK names it), or choose a key file.',
  )
}

export function sshKeyFile(path: string, why: string): Failure {
  return new Failure('node.ssh-key-file', `The SSH key file ${path} cannot be used: ${why}.`, 'Name a private key in OpenSSH’s, PEM’s or PuTTY’s format that this user may read.')
}

export function sshPassphrase(path: string, isGiven: boolean): Failure {
  return new Failure(
    'node.ssh-passphrase',
    isGiven ? `The passphrase does not open the SSH key file ${path}.` : `The SSH key file ${path} needs a passphrase.`,
    'Enter it under “Change address” on the node’s page; it is kept in the keychain.',
  )
}

export function sshForwardRefused(server: string): Failure {
  return new Failure(
    'node.ssh-forwarding',
    `The SSH server ${server} lets us in but does not forward connections.`,
    'In its sshd_config, AllowTcpForwarding must be yes or local, and PermitOpen must allow Flint’s address; in authorized_keys the key must not be restricted.',
  )
}

export function sshTargetUnreachable(server: string, target: string): Failure {
  return new Failure(
    'node.unreachable',
    `Through the SSH server ${server} nothing answers at ${target}.`,
    'Is Flint running there, and is the address the one under which that server sees it (Flint’s own is 127.0.0.1:5550)?',
  )
}
