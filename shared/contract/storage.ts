// What a node stores and offers: pools, volumes, images, networks, filters; and what every node says that it did.
import { z } from 'zod'
import { done, instant, method, nodeId } from './define.ts'

const started = z.object({ jobId: z.string() })
const confirm = z.string().max(300)
const fileName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._+-]{0,200}$/, 'letters, digits, dots, hyphens and underscores')
const sizeGiB = z.number().int().min(1).max(10_000)

export const volumeRow = z.object({
  name: z.string(),
  path: z.string(),
  capacityBytes: z.number(),
  /** The VMs that use it as a disk, a CD or a base. */
  usedBy: z.array(z.string()),
  /** orphan: no VM uses it; unproved: none is seen to, but not every VM could be read. */
  kind: z.enum(['disk', 'cd', 'image', 'orphan', 'unproved']),
})

export const storageView = z.object({
  pools: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      capacityBytes: z.number(),
      allocatedBytes: z.number(),
      /** Why its volumes could not be listed; null when they were. */
      problem: z.string().nullable(),
      volumes: z.array(volumeRow),
    }),
  ),
  /** VMs of the node that could not be read: while there are any, nothing is called an orphan. */
  unreadableVms: z.number(),
  observedAt: instant,
})

export const imageRow = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  type: z.enum(['template', 'iso']),
  /** VMs known to be built on it: running ones show it, and this console remembers those that it made. Deleting it breaks them. */
  builtOn: z.array(z.string()),
  /** VMs with it in their drive. */
  inDriveOf: z.array(z.string()),
  /** The VM whose own disk it is: Flint lists those among its images too. */
  diskOf: z.string().nullable(),
})

export const offerRow = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  sizeBytes: z.number(),
  os: z.string(),
  description: z.string(),
  /** Flint holds a file of it: whole, half, or under way. */
  hasFile: z.boolean(),
  /** It stands in the library. */
  inLibrary: z.boolean(),
})

export const networkRow = z.object({
  name: z.string(),
  uuid: z.string(),
  isActive: z.boolean(),
  isPersistent: z.boolean(),
  bridge: z.string(),
  usedBy: z.array(z.string()),
})

export const interfaceRow = z.object({
  name: z.string(),
  type: z.string(),
  state: z.string(),
  addresses: z.array(z.string()),
  mac: z.string(),
  mtu: z.number(),
})

const portText = z.string().regex(/^\d{0,5}$/)
const addressText = z.string().regex(/^[0-9a-fA-F:.]{0,45}$/)
export const filterRule = z.object({
  action: z.enum(['accept', 'drop', 'reject']),
  direction: z.enum(['in', 'out', 'inout']),
  priority: z.number().int().min(-1_000).max(1_000),
  protocol: z.enum(['tcp', 'udp', 'icmp', 'all']),
  sourceAddress: addressText,
  destinationAddress: addressText,
  sourcePort: portText,
  destinationPort: portText,
})

export const filterRow = z.object({
  name: z.string(),
  uuid: z.string(),
  xml: z.string(),
  rules: z.array(filterRule),
  /** False: it holds rules that Flint's form cannot express; changing it here would lose them. */
  isEditable: z.boolean(),
  /** Other filters that it includes. */
  includes: z.array(z.string()),
  usedBy: z.array(z.string()),
})

export const activityRow = z.object({
  id: z.number(),
  nodeId,
  nodeName: z.string(),
  /** By the node's clock. */
  at: instant,
  action: z.string(),
  target: z.string(),
  status: z.string(),
  message: z.string(),
})

export const storageMethods = {
  'storage.list': method(z.object({ nodeId }), storageView),
  'storage.createPool': method(
    z.object({ nodeId, name: fileName, path: z.string().regex(/^\/[\w./-]{1,300}$/, 'an absolute path') }),
    done,
  ),
  'storage.createVolume': method(z.object({ nodeId, pool: z.string(), name: fileName, sizeGiB }), done),
  /** Larger only. */
  'storage.resizeVolume': method(z.object({ nodeId, pool: z.string(), name: z.string(), sizeGiB }), done),
  /** Refused while a VM uses it, or while one cannot be read; `confirm` is its name. */
  'storage.deleteVolume': method(z.object({ nodeId, pool: z.string(), name: z.string(), confirm }), done),

  'images.list': method(
    z.object({ nodeId }),
    z.object({ images: z.array(imageRow), offers: z.array(offerRow), unreadableVms: z.number() }),
  ),
  /** Starts a job: a file of the node is copied into its library. */
  'images.import': method(z.object({ nodeId, path: z.string().regex(/^\/[^"'<>&\n]{1,1000}$/, 'an absolute path') }), started),
  /** Starts a job: the node fetches one of Flint's offers, or any address. */
  'images.download': method(
    z.object({
      nodeId,
      source: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('offer'), id: z.string() }),
        z.object({ kind: z.literal('url'), url: z.string().regex(/^https?:\/\/[^\s"'<>]{1,2000}$/, 'a web address'), name: fileName }),
      ]),
    }),
    started,
  ),
  /** Refused for the disk or the CD of a VM; VMs built on it break: then `breaks` must name how many. `confirm` is its name. */
  'images.delete': method(z.object({ nodeId, name: z.string(), confirm, breaks: z.number().int().min(0) }), done),

  'networks.list': method(z.object({ nodeId }), z.object({ networks: z.array(networkRow), interfaces: z.array(interfaceRow) })),
  'networks.create': method(
    z.object({ nodeId, name: z.string().regex(/^[a-zA-Z0-9_-]{1,50}$/), bridge: z.string().regex(/^[a-zA-Z0-9_-]{1,15}$/) }),
    done,
  ),
  /** Stopping or restarting cuts its VMs off: `confirm` is its name. */
  'networks.change': method(
    z.object({ nodeId, name: z.string(), action: z.enum(['start', 'stop', 'restart']), confirm: confirm.optional() }),
    done,
  ),
  /** Refused while a VM uses it; `confirm` is its name. */
  'networks.delete': method(z.object({ nodeId, name: z.string(), confirm }), done),

  'filters.list': method(z.object({ nodeId }), z.array(filterRow)),
  'filters.put': method(
    z.object({ nodeId, name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/), rules: z.array(filterRule).max(200), replace: z.boolean() }),
    done,
  ),
  'filters.delete': method(z.object({ nodeId, name: z.string(), confirm }), done),

  /** What nodes did, newest first: Flint forgets all but the last 50, this console does not. */
  'activity.list': method(
    z.object({
      nodeId: nodeId.optional(),
      target: z.string().max(200).optional(),
      text: z.string().max(200).optional(),
      /** Rows before this one. */
      before: z.object({ at: instant, id: z.number() }).optional(),
      limit: z.number().int().min(1).max(500).optional(),
    }),
    z.array(activityRow),
  ),
}
