// A way to a node as it is typed: address, and where there is a tunnel the SSH server in front of it.
import type { MethodInput, MethodOutput } from '../../../shared/contract/index.ts'

export type Access = NonNullable<MethodInput<'nodes.add'>['access']>
export type Inspection = MethodOutput<'nodes.inspect'>

export interface Way {
  readonly url: string
  readonly kind: 'direct' | 'ssh'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly auth: 'agent' | 'key-file'
  readonly keyFile: string
  readonly passphrase: string
  /** What was accepted by its fingerprint. */
  readonly hostKeyFingerprint: string | null
  readonly certificateFingerprint: string | null
}

export const noWay: Way = {
  url: '',
  kind: 'direct',
  host: '',
  port: 22,
  user: 'root',
  auth: 'agent',
  keyFile: '~/.ssh/id_ed25519',
  passphrase: '',
  hostKeyFingerprint: null,
  certificateFingerprint: null,
}

/** The way that a node has now; its passphrase stays in the keychain. */
export function wayOf({ url, access }: Pick<MethodOutput<'nodes.list'>[number], 'url' | 'access'>): Way {
  const { tunnel, pinnedFingerprint } = access
  const base = { ...noWay, url, certificateFingerprint: pinnedFingerprint }
  if (tunnel === null) return base
  const { host, port, user, auth, keyFile, hostKeyFingerprint } = tunnel
  return { ...base, kind: 'ssh', host, port, user, auth, keyFile: keyFile ?? noWay.keyFile, hostKeyFingerprint }
}

/** What was accepted holds for the server that showed it and for no other. */
export function changed(way: Way, change: Partial<Way>): Way {
  const next = { ...way, ...change }
  const isSameServer = next.host === way.host && next.port === way.port
  const isSamePeer = isSameServer && next.url === way.url && next.kind === way.kind
  return {
    ...next,
    hostKeyFingerprint: isSameServer ? next.hostKeyFingerprint : null,
    certificateFingerprint: isSamePeer ? next.certificateFingerprint : null,
  }
}

export function accessOf(way: Way): Access | undefined {
  const certificate = way.certificateFingerprint === null ? {} : { certificateFingerprint: way.certificateFingerprint }
  if (way.kind === 'direct') return way.certificateFingerprint === null ? undefined : certificate
  const { host, port, user, hostKeyFingerprint, passphrase } = way
  return {
    ...certificate,
    tunnel: {
      host: host.trim(),
      port,
      user: user.trim(),
      ...(hostKeyFingerprint === null ? {} : { hostKeyFingerprint }),
      auth:
        way.auth === 'agent'
          ? { kind: 'agent' }
          : { kind: 'key-file', path: way.keyFile.trim(), ...(passphrase === '' ? {} : { passphrase }) },
    },
  }
}

export function isComplete(way: Way): boolean {
  if (way.url.trim() === '') return false
  return way.kind === 'direct' || (way.host.trim() !== '' && way.user.trim() !== '' && (way.auth === 'agent' || way.keyFile.trim() !== ''))
}

/** The way with what was shown and accepted. */
export function accepted(way: Way, shown: Inspection): Way {
  if (shown.toConfirm === 'host-key') return { ...way, hostKeyFingerprint: shown.hostKey?.fingerprint ?? null }
  if (shown.toConfirm === 'certificate') return { ...way, certificateFingerprint: shown.certificate?.fingerprint ?? null }
  return way
}
