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
import { exposureFindings, lookFindings } from './findings.ts'
import { lookAtNode } from './look.ts'

export type NodeSecret = z.output<typeof nodeSecret>
export type NodeProbe = z.output<typeof nodeProbe>

export interface ProbedNode {
  readonly address: PeerAddress
  /** The key that is in force; for the keychain only. */
  readonly key: string
  readonly probe: NodeProbe
}

export interface ProbeOptions {
  readonly log: Logger
  readonly now: () => number
  readonly signal: AbortSignal
  /** Time limits and the like; the application's own unless a test says otherwise. */
  readonly http?: Omit<FlintConnectionOptions, 'baseUrl' | 'key' | 'log'> | undefined
}

/**
 * In this order, each step only where the one before it was passed: the address; whether Flint answers there, asked without a secret; the
 * passphrase, if that is what was given; the key; limited mode and libvirt; the VMs; and, with a key known to be in force, whether Flint
 * gives it to anyone. Throws the Failure of the first step that is not passed.
 */
export async function probeNode(url: string, secret: NodeSecret, options: ProbeOptions): Promise<ProbedNode> {
  const address = requireAddress(url, 'node.invalid-url')
  const connection = { ...options.http, baseUrl: address.url, log: options.log }
  const anyone = new FlintConnection({ ...connection, key: '' })
  try {
    await recognizeFlint(anyone)
  } finally {
    await anyone.close()
  }
  const key = secret.kind === 'key' ? usableKey(secret.value) : await fetchKeyByPassphrase(connection, secret.value, options.signal)
  const client = new FlintClient({ ...connection, key })
  try {
    return { address, key, probe: await probeWithKey(client, address, options) }
  } catch (error) {
    // Flint itself gave this key a moment ago: what it prints is not in force.
    if (secret.kind === 'passphrase' && error instanceof Failure && error.code === 'node.unauthorized') throw noKeyInForce(address.url)
    throw error
  } finally {
    await client.close()
  }
}

async function probeWithKey(client: FlintClient, address: PeerAddress, options: ProbeOptions): Promise<NodeProbe> {
  const look = await lookAtNode(client, [], options.signal)
  const exposed = await client.keyIsExposed({ signal: options.signal })
  return {
    url: address.url,
    hostname: look.host.hostname,
    vms: look.host.totalVms,
    cpuCores: look.resources.cpuCores,
    memoryTotalKiB: look.resources.memoryTotalKiB,
    findings: [
      ...exposureFindings(address, exposed),
      ...lookFindings({
        hostname: look.host.hostname,
        enrolledHostname: null,
        totalVms: look.host.totalVms,
        seenVms: look.listed.length,
        unreadable: look.unreadable,
        clockOffsetMs: look.health.nodeTimeMs === null ? null : look.health.nodeTimeMs - options.now(),
        remarks: look.host.remarks,
      }),
    ],
  }
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
