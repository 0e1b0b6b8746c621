// The node below its HTTP interface: libvirt's domains and storage, Flint's activity log, its key and its sessions.
import type { FlintFaults } from './faults.ts'
import { SimulatedDownloads } from './downloads.ts'
import { SimulatedNetworks } from './networks.ts'
import { hashText, randomHex, randomStream } from './random.ts'
import { defaultImages, isImageCd, poolName, poolPath, SimulatedStorage, volumePath } from './storage.ts'
import type { FlintNodeOptions, VmSeed } from './types.ts'
import { connectionLost, domainNotFound, VirError } from './vir-error.ts'
import { SimulatedVm, type VmDisk, type VmNic } from './vm.ts'

export interface ActivityEvent {
  id: string
  timestamp: number
  action: string
  target: string
  status: string
  message: string
}

const activityKept = 50
/** The machine's own way out. */
export const hostInterface = 'eth0'
const sessionMs = 86_400_000

export class SimulatedHost {
  readonly options: FlintNodeOptions
  readonly faults: FlintFaults
  readonly storage: SimulatedStorage
  readonly networks: SimulatedNetworks
  readonly downloads: SimulatedDownloads
  readonly random: () => number
  /** Folder pools that were made over Flint; on the same file system as its own. */
  readonly otherPools = new Map<string, SimulatedStorage>()
  readonly #vms = new Map<string, SimulatedVm>()
  readonly #sessions = new Map<string, number>()
  #activity: ActivityEvent[] = []
  #inventedKey: string | null = null
  #nextDomainId = 1

  constructor(options: FlintNodeOptions, faults: FlintFaults) {
    this.options = options
    this.faults = faults
    this.random = randomStream(`${options.seed ?? 1} ${options.hostname}`)
    this.storage = new SimulatedStorage(options.storageBytes, options.images ?? defaultImages, options.clock)
    this.networks = new SimulatedNetworks(options.hostname)
    this.downloads = new SimulatedDownloads(this.storage, options.clock, options.downloadMs ?? 12_000)
    for (const seed of options.vms) this.addVm(seed)
  }

  /** A pool by its name: Flint's own or one that was made over it. Throws VirError as libvirt does. */
  pool(name: string): SimulatedStorage {
    const pool = name === poolName ? this.storage : this.otherPools.get(name)
    if (pool === undefined) throw new VirError(49, 18, `Storage pool not found: no storage pool with matching name '${name}'`)
    return pool
  }

  refreshPools(): void {
    this.storage.refresh()
    for (const pool of this.otherPools.values()) pool.refresh()
  }

  /** UTC milliseconds as this node believes. */
  now(): number {
    return this.options.clock.now() + this.faults.clockOffsetMs
  }

  get vms(): SimulatedVm[] {
    return [...this.#vms.values()]
  }

  /** By UUID, or else by name; whatever the state of libvirt. */
  find(uuidOrName: string): SimulatedVm | undefined {
    return this.#vms.get(uuidOrName.toLowerCase()) ?? this.vms.find((vm) => vm.name === uuidOrName)
  }

  /** As libvirt looks a domain up; throws VirError. */
  lookup(uuid: string): SimulatedVm {
    this.requireLibvirt()
    const vm = this.#vms.get(uuid.toLowerCase())
    if (vm === undefined) throw domainNotFound(uuid)
    return vm
  }

  requireLibvirt(): void {
    if (this.faults.libvirtLost) throw connectionLost()
  }

  addVm(seed: VmSeed): SimulatedVm {
    const seedText = `${this.options.seed ?? 1} ${seed.uuid}`
    const disks = seed.origin === 'file' ? this.#handMadeDisks(seed) : this.#poolDisks(seed, seedText)
    const nics = seed.origin === 'file' ? [] : [this.nic(seed.uuid)]
    return this.defineVm(seed, disks, nics, seed.origin === 'file')
  }

  /** Defines a domain whose disks exist already. */
  defineVm(seed: VmSeed, disks: VmDisk[], nics: VmNic[], kernelBoot: boolean): SimulatedVm {
    const vm = new SimulatedVm(seed, {
      clock: this.options.clock,
      seedText: `${this.options.seed ?? 1} ${seed.uuid}`,
      stopDelayMs: this.options.stopDelayMs ?? 3000,
      disks,
      nics,
      kernelBoot,
    })
    if (seed.state !== 'Shutoff') vm.domainId = this.#takeDomainId()
    vm.onPower((change) => {
      if (change === 'boot' && vm.domainId === 0) vm.domainId = this.#takeDomainId()
      if (change === 'off' && vm.transient) this.removeVm(vm.uuid)
    })
    this.#vms.set(seed.uuid.toLowerCase(), vm)
    return vm
  }

  removeVm(uuid: string): void {
    this.#vms.delete(uuid.toLowerCase())
  }

  nic(uuid: string): VmNic {
    const hash = hashText(`mac ${this.options.seed ?? 1} ${uuid}`).toString(16).padStart(8, '0')
    return { mac: `52:54:00:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`, network: 'default' }
  }

  /** What keeps the VM from starting because a file is gone; null when all are there. */
  missingDisk(vm: SimulatedVm): VirError | null {
    for (const disk of vm.disks) {
      if (disk.source.kind === 'volume' && !this.storage.hasVolume(disk.source.volume)) {
        return new VirError(50, 18, `Storage volume not found: no storage vol with matching name '${disk.source.volume}'`)
      }
      const needed = disk.source.kind === 'file' ? [disk.source.path] : []
      if (disk.backingImage !== undefined) needed.push(volumePath(disk.backingImage))
      const gone = needed.find((path) => !this.storage.hasFile(path))
      if (gone !== undefined) {
        return new VirError(38, 18, `Cannot access storage file '${gone}' (as uid:64055, gid:64055): No such file or directory`)
      }
    }
    return null
  }

  /** What keeps the VM from starting because a network is not there; null when all are. */
  missingNetwork(vm: SimulatedVm): VirError | null {
    for (const { network } of vm.nics) {
      if (network === hostInterface) continue
      const known = this.networks.networks().find(({ name }) => name === network)
      if (known === undefined) return new VirError(43, 19, `Network not found: no network with matching name '${network}'`)
      if (!known.isActive) return new VirError(55, 19, `Requested operation is not valid: network '${network}' is not active`)
    }
    return null
  }

  /** KiB that the host itself keeps. */
  get overheadKiB(): number {
    return Math.round(Math.max(524_288, this.options.memoryKiB * 0.03))
  }

  /** Total minus the host's own minus what active VMs hold; a paused VM still holds its memory. */
  freeMemoryKiB(): number {
    const held = this.vms.reduce((sum, vm) => (vm.state === 'Shutoff' ? sum : sum + vm.memoryKiB), 0)
    return Math.max(this.options.memoryKiB - this.overheadKiB - held, 65_536)
  }

  get activity(): ActivityEvent[] {
    return this.#activity
  }

  record(action: string, target: string, message: string): void {
    const id = randomHex(this.random, 8)
    this.#activity.push({ id, timestamp: Math.floor(this.now() / 1000), action, target, status: 'Success', message })
    this.#activity = this.#activity.slice(-activityKept)
  }

  /** The key in force, the invented one included; null when there is none. */
  get key(): string | null {
    return this.options.key ?? this.#inventedKey
  }

  /** What the leaking route does: without a key it makes one up, in memory only. */
  keyOrInvented(): string {
    if (this.key === null) this.#inventedKey = randomHex(this.random, 32)
    return this.key ?? ''
  }

  acceptsKey(offered: string | null): boolean {
    return !this.faults.rejectKey && offered !== null && offered !== '' && offered === this.key
  }

  openSession(): string {
    const id = randomHex(this.random, 32)
    this.#sessions.set(id, this.options.clock.now() + sessionMs)
    return id
  }

  hasSession(id: string): boolean {
    const endsAt = this.#sessions.get(id)
    return endsAt !== undefined && this.options.clock.now() < endsAt
  }

  /** Flint was restarted: what it kept in memory is gone; VMs run on. */
  forgetMemory(): void {
    this.#activity = []
    this.#inventedKey = null
    this.#sessions.clear()
  }

  #takeDomainId(): number {
    this.#nextDomainId += 1
    return this.#nextDomainId - 1
  }

  #poolDisks(seed: VmSeed, seedText: string): VmDisk[] {
    const volume = `${seed.name.replaceAll('/', '_')}-disk-0.qcow2`
    const images = (this.options.images ?? defaultImages).filter((image) => !isImageCd(image.name))
    const image = images[hashText(`image ${seedText}`) % Math.max(images.length, 1)]
    const cdPath = `${poolPath}/${seed.name.replaceAll('/', '_')}-cloudinit.iso`
    const now = this.options.clock.now()
    this.storage.addUsedVolume(volume, seed.diskGiB, this.#usedShare(seedText), now)
    this.storage.addLooseFile(cdPath, 0, 0, now)
    const main: VmDisk = { device: 'disk', targetDev: 'vda', source: { kind: 'volume', volume } }
    if (image !== undefined) main.backingImage = image.name
    return [main, { device: 'cdrom', targetDev: 'hdc', source: { kind: 'file', path: cdPath } }]
  }

  #handMadeDisks(seed: VmSeed): VmDisk[] {
    const path = `/var/lib/libvirt/images/${seed.name.replaceAll('/', '_')}.qcow2`
    this.storage.addLooseFile(path, seed.diskGiB, this.#usedShare(seed.uuid), this.options.clock.now())
    return [{ device: 'disk', targetDev: 'vda', source: { kind: 'file', path } }]
  }

  #usedShare(seedText: string): number {
    return 0.12 + (hashText(`disk ${seedText}`) % 1000) / 2000
  }
}
