// A whole, honest look at one node: judged first, then listed, and what the list left out looked up by itself.
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import type { nodeState } from '../../../shared/contract/nodes.ts'
import type { z } from 'zod'
import type { FlintClient } from '../flint/client.ts'
import type { FlintHealth, FlintHost, FlintResources, FlintVm } from '../flint/schema.ts'

export type NodeState = z.output<typeof nodeState>

export interface Look {
  readonly health: FlintHealth
  readonly host: FlintHost
  readonly resources: FlintResources
  readonly listed: readonly FlintVm[]
  readonly unreadable: number
  /** Known VMs that the list left out and that are there all the same. */
  readonly lookedUp: readonly FlintVm[]
  /** Known VMs that do not exist any more, proved on a node that was healthy before and after. */
  readonly gone: readonly VmUuid[]
}

const lookUpsAtOnce = 4

/**
 * @param known the VMs of the node that are not known to be gone
 * @throws Failure when the node cannot be believed: then nothing about any VM was learnt
 */
export async function lookAtNode(client: FlintClient, known: readonly VmUuid[], signal: AbortSignal): Promise<Look> {
  const { health, host } = await client.believable({ signal, now: true })
  const [resources, list] = await Promise.all([client.resources({ signal }), client.listVms({ signal })])
  const listed = new Set(list.vms.map((vm) => vm.uuid))
  const missing = known.filter((uuid) => !listed.has(uuid))
  const { found, notFound } = await lookUp(client, missing, signal)
  // "Not found" is also what Flint says of every VM once libvirt is away: only a node that is still well has proved anything.
  if (notFound.length > 0) await client.believable({ signal, now: true })
  return { health, host, resources, listed: list.vms, unreadable: list.unreadable, lookedUp: found, gone: notFound }
}

/** Looks VMs up one by one, a few at a time; one that cannot be read is left as it was. */
async function lookUp(
  client: FlintClient,
  uuids: readonly VmUuid[],
  signal: AbortSignal,
): Promise<{ found: FlintVm[]; notFound: VmUuid[] }> {
  const found: FlintVm[] = []
  const notFound: VmUuid[] = []
  const waiting = [...uuids]
  const worker = async () => {
    for (let uuid = waiting.shift(); uuid !== undefined; uuid = waiting.shift()) {
      const vm = await readOrSkip(client, uuid, signal)
      if (vm === null) notFound.push(uuid)
      else if (vm !== 'unreadable') found.push(vm)
    }
  }
  await Promise.all(Array.from({ length: Math.min(lookUpsAtOnce, uuids.length) }, worker))
  return { found, notFound }
}

async function readOrSkip(client: FlintClient, uuid: VmUuid, signal: AbortSignal): Promise<FlintVm | null | 'unreadable'> {
  try {
    return await client.vm(uuid, { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (
      error instanceof Failure &&
      (error.code === 'node.invalid-answer' || error.code === 'node.unhealthy' || error.code === 'node.refused')
    )
      return 'unreadable'
    throw error
  }
}

/** Which state of a node a failure stands for. */
export function stateOf(failure: FailureBody): NodeState {
  switch (failure.code) {
    case 'node.unreachable':
    case 'node.no-answer':
    case 'node.ssh-unreachable':
    case 'node.ssh-refused':
    case 'node.ssh-agent':
    case 'node.ssh-key-file':
    case 'node.ssh-passphrase':
    case 'node.ssh-forwarding':
      return 'unreachable'
    case 'node.unauthorized':
    case 'node.key-missing':
      return 'unauthorized'
    case 'node.limited-mode':
      return 'limited'
    case 'node.libvirt-lost':
      return 'libvirt-lost'
    case 'node.not-flint':
      return 'not-flint'
    case 'node.certificate-changed':
    case 'node.certificate-untrusted':
    case 'node.host-key-changed':
    case 'node.host-key-unknown':
    case 'node.host-changed':
      return 'certificate-changed'
    default:
      return 'unknown'
  }
}
