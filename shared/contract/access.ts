// Ways to reach a node: whose certificate is accepted, through which SSH server, and what has changed since it was last trusted.
import { z } from 'zod'
import { instant } from './define.ts'

/** SHA-256 of a certificate, in hex with colons. */
const certificateFingerprint = z.string().regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/, 'a SHA-256 fingerprint in hex with colons')
/** As `ssh-keygen -l` prints it. */
const hostKeyFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'a fingerprint as ssh-keygen -l prints it')

const certificateView = z.object({
  fingerprint: z.string(),
  subject: z.string(),
  issuer: z.string(),
  /** The hosts that it stands for. */
  names: z.array(z.string()),
  validFrom: instant,
  validTo: instant,
})

/** How the SSH server is convinced. A passphrase goes into the keychain; left out, the one that is there stays. */
const tunnelAuth = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent') }),
  z.object({ kind: z.literal('key-file'), path: z.string().min(1).max(4096), passphrase: z.string().max(4096).optional() }),
])

const tunnelWish = z.object({
  host: z.string().min(1).max(255).regex(/^[^\s/@%?#]+$/, 'a host name or address'),
  port: z.number().int().min(1).max(65_535),
  user: z.string().min(1).max(64).regex(/^[^\s:@/]+$/, 'a user name'),
  /** The host key that was shown and accepted; without it nothing but that key is asked for. */
  hostKeyFingerprint: hostKeyFingerprint.optional(),
  auth: tunnelAuth,
})

export const accessWish = z.object({
  /** The one certificate that is accepted; without it the system's authorities decide. */
  certificateFingerprint: certificateFingerprint.optional(),
  tunnel: tunnelWish.optional(),
})

/** How a node is reached now. */
export const accessView = z.object({
  /** The certificate of the last connection; null over plain HTTP. */
  certificate: certificateView.nullable(),
  pinnedFingerprint: z.string().nullable(),
  tunnel: z
    .object({
      host: z.string(),
      port: z.number(),
      user: z.string(),
      hostKeyFingerprint: z.string(),
      auth: z.enum(['agent', 'key-file']),
      keyFile: z.string().nullable(),
    })
    .nullable(),
})

/** The node is not what was trusted. Nothing is sent there until the operator has decided. */
export const accessChange = z.object({
  kind: z.enum(['certificate', 'host-key', 'host']),
  /** A fingerprint, or what the machine was known by. */
  known: z.string(),
  seen: z.string(),
  seenAt: instant,
  certificate: certificateView.nullable(),
})

/** What shows itself at an address before any secret is sent there. */
export const inspection = z.object({
  url: z.string(),
  hostKey: z.object({ type: z.string(), fingerprint: z.string() }).nullable(),
  certificate: certificateView.nullable(),
  /** Why this system does not trust the certificate; null when it does. */
  certificateProblem: z.string().nullable(),
  /** What has to be accepted by its fingerprint before the node can be looked at. */
  toConfirm: z.enum(['host-key', 'certificate']).nullable(),
})
