// Nodes: enrolment, state, findings, capacity.
import { z } from 'zod'
import { done, failure, instant, method, nodeId, nothing } from './define.ts'

export const nodeStates = [
  'ok',
  'unreachable',
  'unauthorized',
  'limited',
  'libvirt-lost',
  'not-flint',
  'certificate-changed',
  'maintenance',
  'unknown',
] as const

export const nodeState = z.enum(nodeStates)

/** Something about a node that needs the operator's eye: what it means is in the message, the cure in the hint. */
export const finding = failure.extend({ severity: z.enum(['info', 'warning', 'danger']) })

export const nodeCapacity = z.object({
  observedAt: instant,
  hostname: z.string(),
  cpuCores: z.number(),
  memoryTotalKiB: z.number(),
  /** What the host reports as not free. */
  memoryUsedKiB: z.number(),
  /** Memory of running and paused VMs. */
  memoryCommittedKiB: z.number(),
  /** Memory of all defined VMs. */
  memoryDefinedKiB: z.number(),
  vcpusCommitted: z.number(),
  vcpusDefined: z.number(),
  storageTotalBytes: z.number(),
  storageUsedBytes: z.number(),
  vmsRunning: z.number(),
  vmsTotal: z.number(),
  /** Sum of the VMs' CPU, 100 = one full core: Flint has no figure of the host's own. */
  cpuPercentOfVms: z.number(),
})

export const nodeRow = z.object({
  id: nodeId,
  name: z.string(),
  url: z.string(),
  state: nodeState,
  /** Why it is not ok, with the cure; null when it is. */
  problem: failure.nullable(),
  lastSeenAt: instant.nullable(),
  checkedAt: instant.nullable(),
  maintenance: z.boolean(),
  vms: z.number(),
  findings: z.array(finding),
  capacity: nodeCapacity.nullable(),
})

export const nodeSecret = z.object({ kind: z.enum(['key', 'passphrase']), value: z.string().min(1).max(4096) })

export const nodeProbe = z.object({
  url: z.string(),
  hostname: z.string(),
  vms: z.number(),
  cpuCores: z.number(),
  memoryTotalKiB: z.number(),
  findings: z.array(finding),
})

export const nodeMethods = {
  /** Looks at a node before anything is saved; refuses (an error with a code) what could not be used. */
  'nodes.probe': method(z.object({ url: z.string(), secret: nodeSecret }), nodeProbe),
  /** Probes, then saves the node and puts its key into the keychain. */
  'nodes.add': method(z.object({ name: z.string(), url: z.string(), secret: nodeSecret }), nodeRow),
  'nodes.list': method(nothing, z.array(nodeRow)),
  /** Probes now: one node or all of them, with the exposure findings. */
  'nodes.check': method(z.object({ nodeId: nodeId.optional() }), z.array(nodeRow)),
  'nodes.setMaintenance': method(z.object({ nodeId, on: z.boolean() }), nodeRow),
  /** Forgets the node, its VMs' observations and its key in the keychain. Refused while a VM of it is linked. */
  'nodes.remove': method(z.object({ nodeId }), done),
}
