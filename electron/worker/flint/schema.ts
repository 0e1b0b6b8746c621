// What Flint's answers look like, and how they become ours: nulls are empty, states and numbers of any kind survive.
import { z } from 'zod'
import { asId, type VmUuid } from '../../../shared/domain/ids.ts'

export type FlintState = 'running' | 'paused' | 'shutoff' | 'shutting-down' | 'crashed' | 'unknown'

export interface FlintVm {
  readonly uuid: VmUuid
  readonly name: string
  readonly state: FlintState
  readonly memoryKiB: number
  readonly vcpus: number
  /** 100 = one full vCPU. Of a single look-up it means nothing: Flint takes no sample there. */
  readonly cpuPercent: number
  /** CPU time consumed: Flint calls it uptime. */
  readonly cpuTimeSeconds: number
  readonly ipAddresses: readonly string[]
}

export interface FlintVmList {
  readonly vms: readonly FlintVm[]
  /** Rows without a usable UUID or name, left out. */
  readonly unreadable: number
}

export interface FlintHost {
  readonly hostname: string
  readonly totalVms: number
  readonly runningVms: number
  /** libvirt was not reachable when Flint started: nothing that it shows is true. */
  readonly limited: boolean
  /** Flint's own remarks about the host, e.g. that storage runs out. */
  readonly remarks: readonly { readonly severity: string; readonly message: string }[]
}

export interface FlintResources {
  readonly cpuCores: number
  readonly memoryTotalKiB: number
  readonly memoryFreeKiB: number
  readonly storageTotalBytes: number
  readonly storageUsedBytes: number
}

export interface FlintHealth {
  readonly state: 'healthy' | 'limited' | 'libvirt-lost' | 'unhealthy'
  /** What is said to be wrong; empty when nothing is. */
  readonly problem: string
  /** Null where the answer does not say, as when libvirt is lost. */
  readonly hostname: string | null
  readonly totalVms: number | null
  /** The node's own clock, UTC milliseconds; null when it did not say. */
  readonly nodeTimeMs: number | null
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The UUID in libvirt's form, lower case; null for anything else. */
export function parseVmUuid(text: string): VmUuid | null {
  const lower = text.toLowerCase()
  return uuidForm.test(lower) ? asId<VmUuid>(lower) : null
}

/**
 * `Blocked` runs but waits for a disk; `Suspended` is a guest asleep, which still holds its memory and has nothing to do with billing. What
 * is not known is said to be unknown: never running, never off.
 */
const states: Readonly<Record<string, FlintState>> = {
  running: 'running',
  blocked: 'running',
  paused: 'paused',
  suspended: 'paused',
  shutoff: 'shutoff',
  shutdown: 'shutting-down',
  crashed: 'crashed',
}

export function parseState(raw: unknown): FlintState {
  return typeof raw === 'string' ? (states[raw.toLowerCase()] ?? 'unknown') : 'unknown'
}

const amount = z.number().nonnegative().catch(0)
const whole = amount.transform((value) => Math.round(value))
const texts = z
  .array(z.unknown())
  .catch([])
  .transform((list) => list.filter((entry) => typeof entry === 'string'))

const vmRow = z.object({
  name: z.string().min(1),
  uuid: z
    .string()
    .transform(parseVmUuid)
    .pipe(z.custom<VmUuid>((value) => typeof value === 'string')),
  state: z.unknown().optional(),
  memory_kb: whole,
  vcpus: whole,
  cpu_percent: amount,
  uptime_sec: whole,
  ip_addresses: texts,
})

/** One VM; null when it has no usable UUID or name. */
export function readVmRow(raw: unknown): FlintVm | null {
  const parsed = vmRow.safeParse(raw)
  if (!parsed.success) return null
  const row = parsed.data
  return {
    uuid: row.uuid,
    name: row.name,
    state: parseState(row.state),
    memoryKiB: row.memory_kb,
    vcpus: row.vcpus,
    cpuPercent: row.cpu_percent,
    cpuTimeSeconds: row.uptime_sec,
    ipAddresses: row.ip_addresses,
  }
}

/** The list of VMs; null when it is no list. A VM that stands there twice is taken once. */
export function readVmList(raw: unknown): FlintVmList | null {
  if (raw === null) return { vms: [], unreadable: 0 }
  if (!Array.isArray(raw)) return null
  const byUuid = new Map<VmUuid, FlintVm>()
  let unreadable = 0
  for (const entry of raw) {
    const vm = readVmRow(entry)
    if (vm) byUuid.set(vm.uuid, vm)
    else unreadable += 1
  }
  return { vms: [...byUuid.values()], unreadable }
}

/** In limited mode a VM is invented for any UUID that is asked for. */
export function isInventedVm(raw: unknown): boolean {
  const parsed = z.object({ name: z.literal('demo-vm'), xml: z.literal('<domain></domain>') }).safeParse(raw)
  return parsed.success
}

/** libvirt's packed number (9000000 = 9.0.0) is the real one; `QEMU 6.2.0` is what limited mode invents. */
function isInventedVersion(version: string): boolean {
  return /^QEMU /i.test(version)
}

const hostStatus = z.object({
  hostname: z.string(),
  hypervisor_version: z.string().catch(''),
  total_vms: z.number().int().nonnegative(),
  running_vms: whole,
  health_checks: z.array(z.unknown()).nullish().catch([]),
})
const remark = z.object({ type: z.string().catch('info'), message: z.string() })

export function readHost(raw: unknown): FlintHost | null {
  const parsed = hostStatus.safeParse(raw)
  if (!parsed.success) return null
  const remarks = (parsed.data.health_checks ?? []).flatMap((entry) => {
    const read = remark.safeParse(entry)
    return read.success ? [{ severity: read.data.type, message: read.data.message }] : []
  })
  const limited =
    isInventedVersion(parsed.data.hypervisor_version) ||
    remarks.some((entry) => /libvirt not connected|development mode/i.test(entry.message))
  return { hostname: parsed.data.hostname, totalVms: parsed.data.total_vms, runningVms: parsed.data.running_vms, limited, remarks }
}

const hostResources = z.object({
  cpu_cores: whole,
  total_memory_kb: whole,
  free_memory_kb: whole,
  storage_total_b: whole,
  storage_used_b: whole,
})

export function readResources(raw: unknown): FlintResources | null {
  const parsed = hostResources.safeParse(raw)
  if (!parsed.success) return null
  return {
    cpuCores: parsed.data.cpu_cores,
    memoryTotalKiB: parsed.data.total_memory_kb,
    memoryFreeKiB: parsed.data.free_memory_kb,
    storageTotalBytes: parsed.data.storage_total_b,
    storageUsedBytes: parsed.data.storage_used_b,
  }
}

const oneCheck = z.object({ healthy: z.boolean(), error: z.string().catch('') })
const health = z.object({
  status: z.string(),
  checks: z.record(z.string(), oneCheck),
  host: z
    .object({ hostname: z.string(), hypervisor_version: z.string().catch(''), total_vms: z.number() })
    .optional()
    .catch(undefined),
})

/** Flint's own health; null when this is not it, and so probably not Flint. */
export function readHealth(status: number, raw: unknown, nodeTimeMs: number | null): FlintHealth | null {
  const parsed = health.safeParse(raw)
  if (!parsed.success) return null
  const { checks, host } = parsed.data
  const failed = Object.entries(checks).filter(([, check]) => !check.healthy)
  const problem = failed.map(([name, check]) => (check.error === '' ? name : `${name}: ${check.error}`)).join('; ')
  const isWell = status === 200 && parsed.data.status === 'healthy' && failed.length === 0
  let state: FlintHealth['state'] = 'healthy'
  if (checks['libvirt']?.healthy === false) state = 'libvirt-lost'
  else if (!isWell) state = 'unhealthy'
  else if (host && isInventedVersion(host.hypervisor_version)) state = 'limited'
  return { state, problem, hostname: host?.hostname ?? null, totalVms: host?.total_vms ?? null, nodeTimeMs }
}
