// A way to a node as the operator wishes it: shown before anything is trusted, opened for a probe, kept when the probe was passed.
import type { z } from 'zod'
import type { StoredChange, StoredRoute } from '../../../db/schema.ts'
import type { accessWish, inspection } from '../../../shared/contract/access.ts'
import { requireAddress } from '../../../shared/domain/address.ts'
import type { Context } from '../context.ts'
import { fromPeerError } from '../flint/failures.ts'
import { ConnectError } from '../http/peerConnect.ts'
import { PeerError } from '../http/peerError.ts'
import { type LineOptions, tunnelSurroundings } from './lines.ts'
import { Route } from './route.ts'

export type AccessWish = z.output<typeof accessWish>
export type Inspection = z.output<typeof inspection>

/** The passphrase of the wish; undefined where the one that is kept stays. */
export function wishedPassphrase(access: AccessWish | undefined): string | undefined {
  const auth = access?.tunnel?.auth
  return auth?.kind === 'key-file' ? auth.passphrase : undefined
}

/**
 * @param kept the passphrase that is in the keychain already
 */
export function openWish(
  url: string,
  access: AccessWish | undefined,
  surroundings: { readonly context: Pick<Context, 'log'>; readonly options: LineOptions; readonly kept?: () => Promise<string | null> },
): Route {
  const tunnel = access?.tunnel
  const given = wishedPassphrase(access)
  return new Route({
    url: requireAddress(url, 'node.invalid-url').url,
    certificateFingerprint: access?.certificateFingerprint ?? null,
    isEnrolled: false,
    tunnel:
      tunnel === undefined
        ? null
        : {
            ...tunnelSurroundings(surroundings.context, surroundings.options),
            host: tunnel.host,
            port: tunnel.port,
            user: tunnel.user,
            auth: tunnel.auth.kind === 'agent' ? { kind: 'agent' } : { kind: 'key-file', path: tunnel.auth.path },
            // Which kind of key it is shows when it is met: the server is asked as it was when the key was shown.
            hostKey: tunnel.hostKeyFingerprint === undefined ? null : { type: '', fingerprint: tunnel.hostKeyFingerprint },
            passphrase: async () => {
              if (given === undefined) return (await surroundings.kept?.()) ?? null
              return given === '' ? null : given
            },
          },
  })
}

/** What is stored of a wish whose probe was passed; null: directly, judged by the system's authorities. */
export function storedRoute(access: AccessWish | undefined, route: Route): StoredRoute | null {
  const certificateFingerprint = access?.certificateFingerprint ?? null
  const tunnel = access?.tunnel
  if (tunnel === undefined) return certificateFingerprint === null ? null : { certificateFingerprint, tunnel: null }
  const { host, port, user, auth } = tunnel
  const seen = route.tunnel?.seenHostKey
  return {
    certificateFingerprint,
    tunnel: {
      host,
      port,
      user,
      hostKeyFingerprint: tunnel.hostKeyFingerprint ?? seen?.fingerprint ?? '',
      hostKeyType: seen?.type ?? '',
      auth: auth.kind === 'agent' ? auth : { kind: 'key-file', path: auth.path },
    },
  }
}

/** A stored way as a wish, for a probe of the same way with another key. */
export function wishOf(route: StoredRoute | null): AccessWish | undefined {
  if (route === null) return undefined
  const { certificateFingerprint, tunnel } = route
  return {
    ...(certificateFingerprint === null ? {} : { certificateFingerprint }),
    ...(tunnel === null
      ? {}
      : { tunnel: { host: tunnel.host, port: tunnel.port, user: tunnel.user, hostKeyFingerprint: tunnel.hostKeyFingerprint, auth: tunnel.auth } }),
  }
}

/**
 * What shows itself there, asked without a secret of Flint's: first the SSH server's host key, and when that is accepted the certificate.
 * Throws why neither can be seen.
 */
export async function inspectWish(route: Route, url: string, access: AccessWish | undefined, timeoutMs: number): Promise<Inspection> {
  const empty = { url: requireAddress(url, 'node.invalid-url').url, certificate: null, certificateProblem: null }
  const hostKey = () => route.tunnel?.seenHostKey ?? null
  try {
    if (access?.tunnel !== undefined && access.tunnel.hostKeyFingerprint === undefined) {
      await route.connect(timeoutMs)
      return { ...empty, hostKey: hostKey(), toConfirm: 'host-key' }
    }
    const seen = await route.showCertificate(timeoutMs)
    if (seen === null) return { ...empty, hostKey: hostKey(), toConfirm: null }
    const isAccepted = access?.certificateFingerprint === seen.certificate.fingerprint
    return {
      ...empty,
      hostKey: hostKey(),
      certificate: seen.certificate,
      certificateProblem: seen.problem,
      toConfirm: isAccepted || seen.problem === null ? null : 'certificate',
    }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.failure?.code === 'node.host-key-unknown') return { ...empty, hostKey: hostKey(), toConfirm: 'host-key' }
    throw fromPeerError(new PeerError('unreachable', '', error.reason, null, error.failure), empty.url, '')
  }
}

/** The way with what was accepted in the place of what was known. */
export function withChange(route: StoredRoute | null, change: StoredChange): StoredRoute | null {
  const tunnel = route?.tunnel ?? null
  if (change.kind === 'certificate') return { certificateFingerprint: change.seen, tunnel }
  if (change.kind === 'host-key' && tunnel !== null) {
    const hostKey = { hostKeyFingerprint: change.seen, hostKeyType: change.hostKeyType ?? '' }
    return { certificateFingerprint: route?.certificateFingerprint ?? null, tunnel: { ...tunnel, ...hostKey } }
  }
  return route
}
