// The exposure check of a node: who else could reach it, and what they would get.
import type { Logger } from 'pino'
import type { StoredNode } from '../../../db/repositories/nodes.ts'
import { type PeerAddress, requireAddress } from '../../../shared/domain/address.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { FlintClient } from '../flint/client.ts'
import { FlintConnection, recognizeFlint } from '../flint/connection.ts'
import { exposureFindings, type Finding } from './findings.ts'

export const exposureEveryMs = 24 * 3_600_000

const flintPort = 5550
const askTimeoutMs = 3_000

export interface ExposureSubject {
  readonly url: string
  readonly tunnelHost: string | null
}

export function subjectOf(node: Pick<StoredNode, 'url' | 'route'>): ExposureSubject {
  return { url: node.url, tunnelHost: node.route?.tunnel?.host ?? null }
}

/** Asks anew. Throws when the node itself does not answer. */
export async function checkExposure(
  client: FlintClient,
  subject: ExposureSubject,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Finding[]> {
  const address = requireAddress(subject.url, 'node.invalid-url')
  const [keyIsExposed, openAt] = await Promise.all([client.keyIsExposed({ signal }), plainPort(address, subject, log)])
  return exposureFindings(address, { keyIsExposed, openAt, tunnelled: subject.tunnelHost !== null })
}

/** Where Flint answers in plain HTTP beside the way that was chosen; null when it does not. */
async function plainPort(address: PeerAddress, { url, tunnelHost }: ExposureSubject, log: Logger): Promise<PeerAddress | null> {
  const beside = besideWay(address, url, tunnelHost)
  if (beside === null) return null
  const anyone = new FlintConnection({ baseUrl: beside, key: '', log, connectTimeoutMs: askTimeoutMs, timeoutMs: askTimeoutMs })
  try {
    await recognizeFlint(anyone, { retry: false })
    return requireAddress(beside, 'node.invalid-url')
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  } finally {
    await anyone.close()
  }
}

function besideWay(address: PeerAddress, url: string, tunnelHost: string | null): string | null {
  if (tunnelHost !== null && address.loopback) {
    const port = new URL(url).port
    const host = tunnelHost.includes(':') && !tunnelHost.startsWith('[') ? `[${tunnelHost}]` : tunnelHost
    return `http://${host}:${address.secure ? flintPort : port === '' ? 80 : port}`
  }
  return address.secure && tunnelHost === null ? `http://${address.host}:${flintPort}` : null
}
