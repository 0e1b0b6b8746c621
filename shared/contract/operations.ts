// Everything that is done to VMs besides power: create, snapshots, delete, reinstall, marks; and to many at once.
import { z } from 'zod'
import { done, failure, instant, method, nodeId, nothing, vmUuid } from './define.ts'
import { powerAction, vmState } from './vms.ts'

const started = z.object({ jobId: z.string() })
const vmRef = z.object({ nodeId, uuid: vmUuid })
/** What has to be typed for a destructive act: the name of what is destroyed. The worker compares it too. */
const confirm = z.string().max(200)

const diskSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('volume'), pool: z.string(), volume: z.string() }),
  z.object({ kind: z.literal('file'), path: z.string() }),
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('unknown') }),
])

const vmDisk = z.object({
  device: z.enum(['disk', 'cdrom', 'other']),
  target: z.string(),
  source: diskSource,
  /** Where it lies on the node; null when that is not known. */
  path: z.string().nullable(),
})

export const snapshotRow = z.object({ name: z.string(), description: z.string(), state: z.string(), createdAt: instant })

export const vmMarks = z.object({ note: z.string(), tags: z.array(z.string()), isProtected: z.boolean(), builtFrom: z.string().nullable() })

export const vmDetails = z.object({
  name: z.string(),
  state: vmState,
  disks: z.array(vmDisk),
  nics: z.array(z.object({ mac: z.string(), source: z.string(), model: z.string(), filter: z.string().nullable() })),
  /** False: no guest of it hears a stop or a reboot; it can only be forced off. Null: not known. */
  hasAcpi: z.boolean().nullable(),
  /** libvirt's definition. */
  xml: z.string(),
  snapshots: z.array(snapshotRow),
  marks: vmMarks,
  observedAt: instant,
})

export const leftover = z.object({
  kind: z.enum(['volume', 'file']),
  pool: z.string().nullable(),
  name: z.string(),
  path: z.string().nullable(),
  capacityBytes: z.number().nullable(),
})

export const deletionPlan = z.object({
  name: z.string(),
  state: z.string(),
  disks: z.array(vmDisk),
  snapshots: z.array(snapshotRow),
  /** Whether the disks may go with it. */
  withDisks: z.boolean(),
  keepReasons: z.array(z.string()),
  isProtected: z.boolean(),
})

export const deletionResult = z.object({
  name: z.string(),
  withDisks: z.boolean(),
  keepReasons: z.array(z.string()),
  snapshotsDeleted: z.array(z.string()),
  leftovers: z.array(leftover),
})

const address = z.string().regex(/^(?:\d{1,3}\.){3}\d{1,3}$|^[0-9a-fA-F:]+$/, 'an IP address')

/** First-boot settings. A password is made by the worker, never sent to it. */
export const cloudInit = z.object({
  hostname: z.string().regex(/^[a-zA-Z0-9.-]{0,64}$/, 'letters, digits, dots and hyphens, at most 64'),
  username: z.string().regex(/^[a-zA-Z0-9_-]{1,32}$/, 'letters, digits, hyphens and underscores, at most 32'),
  /** A generated password, shown once. */
  password: z.boolean(),
  /** One public key a line. */
  sshKeys: z
    .string()
    .max(16_384)
    .regex(/^(?:\s*(?:(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ [A-Za-z0-9+/=]+(?: [^\n:#]*)?)?\s*(?:\n|$))*$/, 'public keys, one a line'),
  packages: z.array(z.string().regex(/^[a-zA-Z0-9._-]{1,100}$/)).max(50),
  network: z.union([
    z.literal('dhcp'),
    z.object({ address, prefix: z.number().int().min(1).max(128), gateway: address, dnsServers: z.array(address).max(8) }),
    z.null(),
  ]),
})

export const vmWish = z.object({
  nodeId,
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'letters, digits, hyphens and underscores, at most 64'),
  memoryMiB: z.number().int().min(64).max(524_288),
  vcpus: z.number().int().min(1).max(128),
  diskGiB: z.number().int().min(1).max(10_000),
  imageName: z.string().min(1).max(255),
  /** Empty: without an interface. */
  networkName: z.string().max(50),
  start: z.boolean(),
  cloudInit: cloudInit.nullable(),
})

/** A job's result: the VM that was made. */
export const createdVm = z.object({
  nodeId,
  uuid: vmUuid,
  name: z.string(),
  /** A password waits to be shown, once: `vms.takePassword` with this. */
  passwordId: z.string().nullable(),
  /** What went wrong after the VM was made; null when nothing did. */
  warning: z.string().nullable(),
})

export const reinstallRow = z.object({
  id: z.string(),
  nodeId,
  nodeName: z.string(),
  oldUuid: vmUuid,
  newUuid: vmUuid.nullable(),
  vmName: z.string(),
  step: z.enum(['deleting', 'creating', 'moving', 'done', 'given-up']),
  imageName: z.string(),
  error: failure.nullable(),
  createdAt: instant,
  /** A job works on it now. */
  running: z.boolean(),
})

/** A `bulk` job's result, filled while it runs. */
export const bulkResult = z.object({
  rows: z.array(
    z.object({
      nodeId,
      uuid: vmUuid,
      name: z.string(),
      outcome: z.enum(['done', 'failed', 'cancelled']),
      state: vmState.nullable(),
      verified: z.boolean(),
      error: failure.nullable(),
      endedAt: instant,
    }),
  ),
})

export const operationMethods = {
  /** A fresh look at one VM in full, with its snapshots. */
  'vms.details': method(vmRef, vmDetails),
  /**
   * Starts a job that does one action to many VMs, a few at a time on each node, each followed until its state proves it; its result is a
   * `bulkResult`. Cancelled, it begins no more. A force-stop needs `confirm`: `force stop N`.
   */
  'vms.powerMany': method(
    z.object({
      vms: z.array(vmRef).min(1).max(10_000),
      action: powerAction,
      force: z.boolean().optional(),
      why: z.string().max(500).optional(),
      days: z.number().int().min(1).max(365).optional(),
      confirm: confirm.optional(),
    }),
    started,
  ),
  /** Starts a job that makes a VM; its result is a `createdVm`. */
  'vms.create': method(vmWish, started),
  /** The generated password, once; null when it was taken before, or the worker was restarted since. */
  'vms.takePassword': method(z.object({ id: z.string() }), z.object({ password: z.string().nullable(), username: z.string().nullable() })),
  'vms.deletionPlan': method(vmRef, deletionPlan),
  /** Starts a job whose result is a `deletionResult`. Refused for a protected VM, and unless `confirm` is its name. */
  'vms.delete': method(vmRef.extend({ confirm, withDisks: z.boolean() }), started),
  /**
   * Starts a job that deletes the VM with its disks and makes it again from an image, with the name, size and network that it had; its result
   * is a `createdVm`. Its UUID changes: what is kept here about the old one moves to the new one.
   */
  'vms.reinstall': method(
    vmRef.extend({
      confirm,
      imageName: z.string().min(1).max(255),
      diskGiB: z.number().int().min(1).max(10_000),
      start: z.boolean(),
      cloudInit: cloudInit.nullable(),
    }),
    started,
  ),
  /** Reinstallations that have not ended. */
  'vms.reinstalls': method(nothing, z.array(reinstallRow)),
  /** Takes an interrupted one up again. */
  'vms.continueReinstall': method(z.object({ id: z.string() }), started),
  /** Forgets an interrupted one as it stands; `confirm` is the VM's name. */
  'vms.giveUpReinstall': method(z.object({ id: z.string(), confirm }), done),
  /** Notes, tags and protection, kept here only. What is left out stays. */
  'vms.mark': method(
    vmRef.extend({
      note: z.string().max(10_000).optional(),
      tags: z
        .array(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u, 'a word of letters, digits, dots and hyphens'))
        .max(30)
        .optional(),
      isProtected: z.boolean().optional(),
    }),
    vmMarks,
  ),
  /** To a running VM only, and until its next power-off: Flint cannot do more. */
  'vms.attachDisk': method(vmRef.extend({ pool: z.string(), volume: z.string(), target: z.string().regex(/^(?:vd|sd|hd)[a-z]$/) }), done),
  /** To a running VM until its next power-off, to one that is off for good. */
  'vms.attachInterface': method(vmRef.extend({ network: z.string().min(1).max(50), model: z.enum(['virtio', 'e1000', 'rtl8139']) }), done),

  /** Starts a job; a running guest stands still for as long as its memory takes to be written. */
  'snapshots.create': method(
    vmRef.extend({
      name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, 'letters, digits, dots, hyphens'),
      description: z.string().max(500),
    }),
    started,
  ),
  /** Starts a job. What was written since is lost: `confirm` is the VM's name. */
  'snapshots.revert': method(vmRef.extend({ name: z.string(), confirm }), started),
  /** Starts a job; `confirm` is the snapshot's name. */
  'snapshots.delete': method(vmRef.extend({ name: z.string(), confirm }), started),
}
