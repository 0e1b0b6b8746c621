// The node's disk space: Flint's own pool with its volumes and images, and the files that lie outside of it.
import { VirError } from './vir-error.ts'
import type { ImageSeed, SimulatedClock } from './types.ts'

const gibibyte = 1_073_741_824
const dayMs = 86_400_000

export const poolName = 'flint-image-library'
export const poolPath = '/var/lib/flint/images'

/** One file on the node's disk. Thin: it grows slowly from `usedBytes` towards its capacity. */
interface StoredFile {
  capacityBytes: number
  usedBytes: number
  growsFrom: number
  growthBytesPerDay: number
}

export interface Volume {
  name: string
  path: string
  capacityBytes: number
}

/** Files that an import can find on the node. */
const importableFiles = new Map<string, number>([
  ['/srv/images/ubuntu-24.04.qcow2', 196_616],
  ['/srv/images/debian-12.qcow2', 445_644_800],
  ['/srv/images/almalinux-9.qcow2', 512_753_664],
  ['/srv/images/debian-12-netinst.iso', 661_651_456],
])

export const defaultImages: ImageSeed[] = [
  { name: 'ubuntu-24.04.qcow2', sizeBytes: 2_361_393_152 },
  { name: 'debian-12.qcow2', sizeBytes: 2_147_483_648 },
]

export function volumePath(name: string, folder = poolPath): string {
  return `${folder}/${name}`
}

export function isImageCd(name: string): boolean {
  return name.toLowerCase().endsWith('.iso')
}

function noSuchVolume(name: string): VirError {
  return new VirError(50, 18, `Storage volume not found: no storage vol with matching name '${name}'`)
}

/** Throws VirError where libvirt refuses. */
export class SimulatedStorage {
  readonly #clock: SimulatedClock
  readonly #folder: string
  readonly #totalBytes: number
  readonly #volumes = new Map<string, StoredFile>()
  readonly #looseFiles = new Map<string, StoredFile>()
  /** Volumes whose file was removed behind libvirt's back: it still lists them. */
  readonly #ghosts = new Set<string>()

  constructor(totalBytes: number, images: ImageSeed[], clock: SimulatedClock, folder = poolPath) {
    this.#totalBytes = totalBytes
    this.#clock = clock
    this.#folder = folder
    for (const image of images) this.#volumes.set(image.name, this.#file(image.sizeBytes, image.sizeBytes, 0))
  }

  get totalBytes(): number {
    return this.#totalBytes
  }

  /** What is written on the pool's file system. */
  allocatedBytes(): number {
    let bytes = Math.min(6 * gibibyte, this.#totalBytes * 0.1)
    for (const file of this.#volumes.values()) bytes += this.#usedBytes(file)
    for (const file of this.#looseFiles.values()) bytes += this.#usedBytes(file)
    return Math.round(Math.min(bytes, this.#totalBytes * 0.99))
  }

  /** Allocation plus the 5 % that the file system keeps for root, as Flint counts it. */
  usedBytes(): number {
    return Math.min(Math.round(this.allocatedBytes() + this.#totalBytes * 0.05), this.#totalBytes)
  }

  /** libvirt reads the pool's folder anew, as when it starts: what lies there is a volume, and what is gone is none. */
  refresh(): void {
    this.#ghosts.clear()
    for (const [path, file] of this.#looseFiles) {
      if (!path.startsWith(`${this.#folder}/`)) continue
      this.#looseFiles.delete(path)
      this.#volumes.set(path.slice(this.#folder.length + 1), file)
    }
  }

  /** Whether Flint breaks off when it lists the pool: it asks for the size of a file that is gone. */
  get isListBroken(): boolean {
    return this.#ghosts.size > 0
  }

  /** Newest first, like the captured listing. */
  volumes(): Volume[] {
    return [...this.#volumes].reverse().map(([name, file]) => ({ name, path: volumePath(name, this.#folder), capacityBytes: file.capacityBytes }))
  }

  hasVolume(name: string): boolean {
    return this.#volumes.has(name)
  }

  hasFile(path: string): boolean {
    return this.#looseFiles.has(path) || (path.startsWith(`${poolPath}/`) && this.#volumes.has(path.slice(poolPath.length + 1)))
  }

  createVolume(name: string, sizeGiB: number): void {
    if (this.#volumes.has(name)) throw new VirError(90, 18, `storage volume name '${name}' already in use.`)
    if (name === '') throw new VirError(27, 18, 'XML error: missing volume name element')
    this.#volumes.set(name, this.#file(sizeGiB * gibibyte, 196_616, 0))
  }

  /** A VM's disk in the pool that has been in use since `createdAt`. */
  addUsedVolume(name: string, sizeGiB: number, usedShare: number, createdAt: number): void {
    this.#volumes.set(name, this.#usedFile(sizeGiB, usedShare, createdAt))
  }

  /** A file outside the pool's listing: a disk made by hand, a cloud-init CD. */
  addLooseFile(path: string, sizeGiB: number, usedShare: number, createdAt: number): void {
    this.#looseFiles.set(path, this.#usedFile(sizeGiB, usedShare, createdAt))
  }

  resizeVolume(name: string, sizeGiB: number): void {
    const file = this.#volumes.get(name)
    if (file === undefined) throw noSuchVolume(name)
    const capacityBytes = sizeGiB * gibibyte
    if (capacityBytes < file.capacityBytes) throw new VirError(8, 18, "invalid argument: can't shrink capacity below existing allocation")
    file.capacityBytes = capacityBytes
  }

  /** A volume whose file is gone already is deleted without complaint. */
  deleteVolume(name: string): void {
    if (!this.#volumes.delete(name) && !this.#ghosts.delete(name)) throw noSuchVolume(name)
  }

  /** Removes a file by its path where Flint may: only under its own pool's folder, and without a word to libvirt. Returns whether a file went. */
  removeOwnFile(path: string): boolean {
    if (!path.startsWith(`${poolPath}/`)) return false
    const name = path.slice(poolPath.length + 1)
    if (this.#looseFiles.delete(path)) return true
    if (!this.#volumes.delete(name)) return false
    this.#ghosts.add(name)
    return true
  }

  /** Copies a file of the node into the library; null when there is no such file or the name is taken. */
  importImage(sourcePath: string): Volume | null {
    const name = sourcePath.slice(sourcePath.lastIndexOf('/') + 1)
    const sizeBytes = importableFiles.get(sourcePath)
    if (sizeBytes === undefined || this.#volumes.has(name)) return null
    this.#volumes.set(name, this.#file(sizeBytes, sizeBytes, 0))
    return { name, path: volumePath(name), capacityBytes: sizeBytes }
  }

  /** An image that came from elsewhere. */
  addImage(name: string, sizeBytes: number): void {
    this.#volumes.set(name, this.#file(sizeBytes, sizeBytes, 0))
  }

  #file(capacityBytes: number, usedBytes: number, growthBytesPerDay: number): StoredFile {
    return { capacityBytes, usedBytes, growsFrom: this.#clock.now(), growthBytesPerDay }
  }

  #usedFile(sizeGiB: number, usedShare: number, createdAt: number): StoredFile {
    const capacityBytes = sizeGiB * gibibyte
    return { capacityBytes, usedBytes: capacityBytes * usedShare, growsFrom: createdAt, growthBytesPerDay: capacityBytes * 0.0004 }
  }

  #usedBytes(file: StoredFile): number {
    const days = Math.max(this.#clock.now() - file.growsFrom, 0) / dayMs
    return Math.min(file.usedBytes + days * file.growthBytesPerDay, Math.max(file.capacityBytes * 0.92, file.usedBytes))
  }
}
