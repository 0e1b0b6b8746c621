// The look at a node before anything of it is saved: what could not be used is refused with its reason and its cure.
import type { Logger } from 'pino'
import type { z } from 'zod'
import type { nodeProbe, nodeSecret } from '../../../shared/contract/nodes.ts'
import { requireAddress, type PeerAddress } from '../../../shared/domain/address.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { FlintClient } from '../flint/client.ts'
import { FlintConnection, recognizeFlint, type FlintConnectionOptions } from '../flint/connection.ts'
import { noKeyInForce } from '../flint/failures.ts'
import { fetchKeyByPassphrase } from '../flint/login.ts'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import { checkExposure } from './exposure.ts'
import { lookFindings } from './findings.ts'
import { type Look, lookAtNode } from './look.ts'
import type { Route } from './route.ts'

export type NodeSecret = z.output<typeof nodeSecret>
export type NodeProbe = z.output<typeof nodeProbe>

export interface ProbedNode {
  readonly address: PeerAddress
  /** The key that is in force; for the keychain only. */
  readonly key: string
  readonly probe: NodeProbe
  readonly look: Look
}

export interface ProbeOptions {
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal
  /** Time limits and the like; the application's own unless a test says otherwise. */
  readonly http?: Omit<FlintConnectionOptions, 'baseUrl' | 'key' | 'log' | 'connect'> | undefined
  /** How it is reached; the caller closes it. */
  readonly route: Route
  /** The SSH server's host where there is a tunnel. */
  readonly tunnelHost: string | null
  /** The VMs that are known there already: each is looked up where the list leaves it out. */
  readonly known?: readonly VmUuid[] | undefined
}

/**
 * In this order, each step only where the one before it was passed: the address; whether Flint answers there, asked without a secret; the
 * passphrase, if that is what was given; the key; limited mode and libvirt; the VMs; and, with a key known to be in force, whether Flint
 * gives it to anyone. Throws the Failure of the first step that is not passed.
 */
export async function probeNode(url: string, secret: NodeSecret, options: ProbeOptions): Promise<ProbedNode> {
  const address = requireAddress(url, 'node.invalid-url')
  const connection = { ...options.http, baseUrl: address.url, log: options.log, connect: options.route.connect }
  const anyone = new FlintConnection({ ...connection, key: '' })
  try {
    await recognizeFlint(anyone)
  } finally {
    await anyone.close()
  }
  const key = secret.kind === 'key' ? usableKey(secret.value) : await fetchKeyByPassphrase(connection, secret.value, options.signal)
  const client = new FlintClient({ ...connection, key })
  try {
    return { address, key, ...(await probeWithKey(client, address, options)) }
  } catch (error) {
    // Flint itself gave this key a moment ago: what it prints is not in force.
    if (secret.kind === 'passphrase' && error instanceof Failure && error.code === 'node.unauthorized') throw noKeyInForce(address.url)
    throw error
  } finally {
    await client.close()
  }
}

async function probeWithKey(client: FlintClient, address: PeerAddress, options: ProbeOptions): Promise<{ probe: NodeProbe; look: Look }> {
  const look = await lookAtNode(client, options.known ?? [], options.signal)
  const probe: NodeProbe = {
    url: address.url,
    hostname: look.host.hostname,
    vms: look.host.totalVms,
    cpuCores: look.resources.cpuCores,
    memoryTotalKiB: look.resources.memoryTotalKiB,
    findings: [
      ...(await checkExposure(client, { url: address.url, tunnelHost: options.tunnelHost }, options)),
      ...lookFindings({
        hostname: look.host.hostname,
        enrolledHostname: null,
        totalVms: look.host.totalVms,
        seenVms: look.listed.length + look.lookedUp.length,
        unreadable: look.unreadable,
        clockOffsetMs: look.health.nodeTimeMs === null ? null : look.health.nodeTimeMs - options.now(),
        remarks: look.host.remarks,
        certificate: options.route.certificate,
        nowMs: options.now(),
        twins: [],
      }),
    ],
  }
  return { probe, look }
}

function usableKey(text: string): string {
  const key = text.trim()
  if (/^[\x21-\x7e]{1,512}$/.test(key)) return key
  throw new Failure(
    'node.unauthorized',
    'What was given is not an API key: a key has no blanks and only plain characters.',
    'Flint’s keys are 64 hex digits; `flint api-key` on the node prints it.',
  )
}
