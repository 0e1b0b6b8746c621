// One simulated VM: its power state in simulated time, what its guest does with ACPI, the CPU time it consumes.
import { bootCpuSeconds, consumedCpuSeconds, createLoadCurve, type LoadCurve } from './load.ts'
import { hashText } from './random.ts'
import type { SimulatedClock, VmSeed } from './types.ts'
import { operationInvalid } from './vir-error.ts'

const dayMs = 86_400_000

export type PowerState = 'Running' | 'Paused' | 'Shutoff'

/** A disk or CD as the domain names it. */
export interface VmDisk {
  device: 'disk' | 'cdrom'
  targetDev: string
  source: { kind: 'volume'; volume: string } | { kind: 'file'; path: string }
  /** The template image that this disk is layered on: without it the VM does not start. */
  backingImage?: string
}

export interface VmNic {
  mac: string
  network: string
}

export interface VmSnapshot {
  name: string
  description: string
  state: 'running' | 'shutoff' | 'paused'
  /** Seconds since 1970. */
  createdAtSeconds: number
}

/** What a VM is made of besides its seed. */
export interface VmParts {
  clock: SimulatedClock
  seedText: string
  stopDelayMs: number
  disks: VmDisk[]
  nics: VmNic[]
  kernelBoot: boolean
}

interface PendingPower {
  kind: 'stop' | 'reboot'
  /** While running: the instant at which the guest obeys. */
  dueAt: number
  /** While paused: how long the guest still needs once it runs again. */
  remainingMs: number
}

export type PowerChange = 'off' | 'boot'

/** Power methods throw VirError exactly where libvirt refuses. Nothing here needs a timer: every read first catches up with the clock. */
export class SimulatedVm {
  readonly name: string
  readonly uuid: string
  readonly memoryKiB: number
  readonly vcpus: number
  readonly diskGiB: number
  readonly ipAddresses: string[] | null
  readonly osInfo: string | null
  readonly disks: VmDisk[]
  readonly nics: VmNic[]
  readonly kernelBoot: boolean
  readonly createdAt: number
  readonly hasAcpi: boolean
  snapshots: VmSnapshot[] = []
  stubborn: boolean
  slowStopMs: number | null
  /** Undefined in libvirt while it was active: gone as soon as it stops. */
  transient = false
  /** Ports of the loopback with a real VNC server and a real terminal in place of the simulated ones. */
  vncPort: number | null
  serialPort: number | null
  /** Libvirt's number of the running domain; 0 when off. */
  domainId = 0

  readonly #clock: SimulatedClock
  readonly #stopDelayMs: number
  readonly #load: LoadCurve
  readonly #listeners = new Set<(change: PowerChange) => void>()
  #state: PowerState
  #pending: PendingPower | null = null
  #consumedSeconds = 0
  #meteredFrom: number
  #bootedAt: number

  constructor(seed: VmSeed, parts: VmParts) {
    const now = parts.clock.now()
    this.name = seed.name
    this.uuid = seed.uuid
    this.memoryKiB = seed.memoryKiB
    this.vcpus = seed.vcpus
    this.diskGiB = seed.diskGiB
    this.vncPort = seed.vncPort ?? null
    this.serialPort = seed.serialPort ?? null
    this.ipAddresses = seed.ipAddresses ?? null
    this.osInfo = seed.osInfo ?? null
    this.stubborn = seed.stubborn ?? false
    this.hasAcpi = seed.withoutAcpi !== true
    this.slowStopMs = seed.slowStopMs ?? null
    this.disks = parts.disks
    this.nics = parts.nics
    this.kernelBoot = parts.kernelBoot
    this.#clock = parts.clock
    this.#stopDelayMs = parts.stopDelayMs
    this.#load = createLoadCurve(parts.seedText, seed.vcpus)
    this.#state = seed.state
    const ageMs = dayMs * (1 + (hashText(`age ${parts.seedText}`) % 4000) / 100)
    this.createdAt = now - 10 * ageMs
    this.#bootedAt = now - ageMs
    this.#meteredFrom = this.#bootedAt
    if (seed.state === 'Paused') this.#consumedSeconds = consumedCpuSeconds(this.#load, this.#bootedAt, now)
  }

  get state(): PowerState {
    this.#settle()
    return this.#state
  }

  /** UTC milliseconds of the guest's last boot; meaningful while it is not Shutoff. */
  get bootedAt(): number {
    this.#settle()
    return this.#bootedAt
  }

  /** Called at power-off and at each boot (start, reboot, revert to a running snapshot). Returns the function that ends it. */
  onPower(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    if (this.state !== 'Shutoff') throw operationInvalid(10, 'domain is already running')
    this.#boot(this.#clock.now())
  }

  /** Presses the power button. The guest decides whether, and when, it obeys. */
  stop(): void {
    if (this.state === 'Shutoff') throw operationInvalid(10, 'domain is not running')
    this.#askGuest('stop')
  }

  reboot(): void {
    if (this.state === 'Shutoff') throw operationInvalid(20, 'domain is not running')
    this.#askGuest('reboot')
  }

  forceStop(): void {
    if (this.state === 'Shutoff') throw operationInvalid(20, 'domain is not running')
    this.#off()
  }

  pause(): void {
    if (this.state === 'Shutoff') throw operationInvalid(20, 'domain is not running')
    if (this.#state === 'Paused') return
    const now = this.#clock.now()
    this.#consumedSeconds = this.#consumedUntil(now)
    this.#state = 'Paused'
    if (this.#pending !== null) this.#pending.remainingMs = Math.max(this.#pending.dueAt - now, 0)
  }

  resume(): void {
    if (this.state === 'Shutoff') throw operationInvalid(20, 'domain is not running')
    if (this.#state === 'Running') throw operationInvalid(10, 'domain is already running')
    const now = this.#clock.now()
    this.#state = 'Running'
    this.#meteredFrom = now
    if (this.#pending !== null) this.#pending.dueAt = now + this.#pending.remainingMs
  }

  /** The guest's own hand (`poweroff` typed inside it). */
  guestPowerOff(): void {
    if (this.state === 'Running') this.#off()
  }

  /** The guest's own hand (`reboot`, Ctrl-Alt-Del). */
  guestReboot(): void {
    if (this.state === 'Running') this.#restart(this.#clock.now())
  }

  /** Puts the VM where a snapshot was taken. */
  revertTo(snapshot: VmSnapshot): void {
    if (this.state !== 'Shutoff') this.#off()
    if (snapshot.state === 'shutoff') return
    this.#boot(this.#clock.now())
    if (snapshot.state === 'paused') this.pause()
  }

  /** CPU time of the running domain, in seconds; 0 when off. This is what Flint calls `uptime_sec`. */
  cpuSeconds(): number {
    if (this.state === 'Shutoff') return 0
    return this.#state === 'Paused' ? this.#consumedSeconds : this.#consumedUntil(this.#clock.now())
  }

  /** Load over the last second in whole percent of one vCPU, at most 100 a vCPU; 0 unless running. */
  cpuPercent(): number {
    if (this.state !== 'Running') return 0
    const now = this.#clock.now()
    const sinceBoot = now - this.#bootedAt
    const seconds = consumedCpuSeconds(this.#load, now - 1000, now) + bootCpuSeconds(sinceBoot) - bootCpuSeconds(sinceBoot - 1000)
    return Math.min(Math.round(seconds * 100), this.vcpus * 100)
  }

  #askGuest(kind: 'stop' | 'reboot'): void {
    if (this.stubborn || !this.hasAcpi) return
    if (this.#pending?.kind === 'stop') return
    const delayMs = this.slowStopMs ?? this.#stopDelayMs
    this.#pending = { kind, dueAt: this.#clock.now() + delayMs, remainingMs: delayMs }
  }

  #settle(): void {
    if (this.#state !== 'Running' || this.#pending === null || this.#clock.now() < this.#pending.dueAt) return
    if (this.#pending.kind === 'stop') this.#off()
    else this.#restart(this.#pending.dueAt)
  }

  #consumedUntil(now: number): number {
    const boot = bootCpuSeconds(now - this.#bootedAt) - bootCpuSeconds(this.#meteredFrom - this.#bootedAt)
    return this.#consumedSeconds + consumedCpuSeconds(this.#load, this.#meteredFrom, now) + boot
  }

  #boot(at: number): void {
    this.#state = 'Running'
    this.#pending = null
    this.#consumedSeconds = 0
    this.#meteredFrom = at
    this.#bootedAt = at
    this.#announce('boot')
  }

  /** The same domain goes on: its CPU time is kept. */
  #restart(at: number): void {
    this.#consumedSeconds = this.#consumedUntil(at)
    this.#pending = null
    this.#meteredFrom = at
    this.#bootedAt = at
    this.#announce('boot')
  }

  #off(): void {
    this.#state = 'Shutoff'
    this.#pending = null
    this.#consumedSeconds = 0
    this.domainId = 0
    this.#announce('off')
  }

  #announce(change: PowerChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
