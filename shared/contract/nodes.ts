// Nodes: enrolment, state, findings, capacity.
import { z } from 'zod'
import { accessChange, accessView, accessWish, inspection } from './access.ts'
import { done, failure, instant, method, nodeId, nothing } from './define.ts'

const nodeStates = [
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
  access: accessView,
  /** What is not as it was when it was last trusted; null when all is. */
  change: accessChange.nullable(),
  exposureCheckedAt: instant.nullable(),
  /** Kept here only. */
  note: z.string(),
  tags: z.array(z.string()),
  location: z.string(),
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
  /** What shows itself at an address, asked without any secret of Flint's: certificate and SSH host key, to be accepted by their fingerprints. */
  'nodes.inspect': method(
    z.object({
      url: z.string(),
      access: accessWish.optional(),
      /** The node that is to be reached so: its passphrase is used where none is given. */
      nodeId: nodeId.optional(),
    }),
    inspection,
  ),
  /** Looks at a node before anything is saved; refuses (an error with a code) what could not be used. */
  'nodes.probe': method(z.object({ url: z.string(), secret: nodeSecret, access: accessWish.optional() }), nodeProbe),
  /** Probes, then saves the node and puts its key into the keychain. */
  'nodes.add': method(z.object({ name: z.string(), url: z.string(), secret: nodeSecret, access: accessWish.optional() }), nodeRow),
  'nodes.list': method(nothing, z.array(nodeRow)),
  /** Probes now: one node or all of them, with the exposure findings. */
  'nodes.check': method(z.object({ nodeId: nodeId.optional() }), z.array(nodeRow)),
  'nodes.setMaintenance': method(z.object({ nodeId, on: z.boolean() }), nodeRow),
  /** Accepts what has changed: `seen` is what was shown; for another host `confirm` is the node's name. */
  'nodes.acceptChange': method(z.object({ nodeId, seen: z.string(), confirm: z.string().max(200).optional() }), nodeRow),
  /** Proves another key at the same node, then puts it in the place of the old one. */
  'nodes.changeKey': method(z.object({ nodeId, secret: nodeSecret }), nodeRow),
  /** Proves another address or way, with the key that is kept. Another host there needs `confirm`: the node's name. */
  'nodes.changeAddress': method(
    z.object({ nodeId, url: z.string(), access: accessWish.optional(), confirm: z.string().max(200).optional() }),
    nodeRow,
  ),
  /** Name, note, tags and location, as far as they are given. */
  'nodes.mark': method(
    z.object({
      nodeId,
      name: z.string().optional(),
      note: z.string().max(10_000).optional(),
      tags: z.array(z.string().min(1).max(40)).max(50).optional(),
      location: z.string().max(200).optional(),
    }),
    nodeRow,
  ),
  /** Forgets the node, its VMs' observations and its key in the keychain. Refused while a VM of it is linked. */
  'nodes.remove': method(z.object({ nodeId }), done),
}
