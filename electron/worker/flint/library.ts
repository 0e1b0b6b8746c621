// What Flint keeps besides VMs: storage pools and volumes, its image library, networks, network filters, and its short memory of what it did.
import { Failure } from '../../../shared/domain/failure.ts'
import { libvirtCode, type FlintAnswer } from './answer.ts'
import type { FlintConnection, FlintRequest } from './connection.ts'
import { listBroken } from './failures.ts'
import {
  readEvents,
  readFilters,
  readImage,
  readImages,
  readInterfaces,
  readNetworks,
  readOffers,
  readPools,
  readVolumes,
  type FlintEvent,
  type FlintFilter,
  type FlintImage,
  type FlintInterface,
  type FlintNetwork,
  type FlintOffer,
  type FlintPool,
  type FlintVolume,
} from './librarySchema.ts'
import { isDone, refusedBy, type MachineOptions } from './machines.ts'
import { pathSegment } from './path.ts'

export type {
  FlintEvent,
  FlintFilter,
  FlintImage,
  FlintInterface,
  FlintNetwork,
  FlintOffer,
  FlintPool,
  FlintVolume,
} from './librarySchema.ts'

/** The pool that Flint makes for itself: its images and the disks of the VMs that it made. */
export const libraryPool = 'flint-image-library'

export type NetworkAction = 'start' | 'stop' | 'restart'

export interface FilterRule {
  readonly action: 'accept' | 'drop' | 'reject'
  readonly direction: 'in' | 'out' | 'inout'
  /** -1000 to 1000; the lower goes first. */
  readonly priority: number
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'all'
  readonly sourceAddress: string
  readonly destinationAddress: string
  readonly sourcePort: string
  readonly destinationPort: string
}

/** libvirt's number for a name that is taken. */
const alreadyExists = 9
const copyTimeoutMs = 60 * 60_000
const downloadTimeoutMs = 6 * 60 * 60_000

/** Lists throw why the node cannot be believed; writes throw `storage.refused`, `image.refused`, `network.refused`, `filter.refused`. */
export class FlintLibrary {
  readonly #connection: FlintConnection

  constructor(connection: FlintConnection) {
    this.#connection = connection
  }

  async pools(options: MachineOptions = {}): Promise<FlintPool[]> {
    return this.#list('/api/storage-pools', readPools, options)
  }

  /** Makes a folder pool (source only: no recorded exchange). */
  async createPool(name: string, path: string): Promise<void> {
    const request: FlintRequest = {
      method: 'POST',
      path: '/api/storage-pools',
      body: { name, type: 'dir', path },
      what: 'make a storage pool',
    }
    await this.#write(request, 'storage.refused', `make the pool ${name}`)
  }

  /** Throws `storage.list-broken` where Flint breaks off on a file that is gone. */
  async volumes(pool: string, options: MachineOptions = {}): Promise<FlintVolume[]> {
    return this.#files(pool, volumesPath(pool), readVolumes, options)
  }

  /** An empty qcow2 volume, of this many GiB at most. */
  async createVolume(pool: string, name: string, sizeGiB: number): Promise<void> {
    const request: FlintRequest = { method: 'POST', path: volumesPath(pool), body: { Name: name, SizeGB: sizeGiB }, what: 'make a volume' }
    await this.#write(request, 'storage.refused', `make the volume ${name}`)
  }

  async resizeVolume(pool: string, name: string, sizeGiB: number): Promise<void> {
    const path = `${volumesPath(pool)}/${pathSegment(name)}`
    await this.#write(
      { method: 'PUT', path, body: { size_gb: sizeGiB }, what: 'resize a volume' },
      'storage.refused',
      `resize the volume ${name}`,
    )
  }

  /** `already`: there is no such volume (any more). Flint does not ask who uses it. */
  async deleteVolume(pool: string, name: string): Promise<'accepted' | 'already'> {
    const path = `${volumesPath(pool)}/${pathSegment(name)}`
    return this.#remove({ method: 'DELETE', path, what: 'delete a volume' }, 'storage.refused', `delete the volume ${name}`, 50)
  }

  /** Every volume of Flint's own pool, the disks of VMs among them. Throws `storage.list-broken` like `volumes`. */
  async images(options: MachineOptions = {}): Promise<FlintImage[]> {
    return this.#files(libraryPool, '/api/images', readImages, options)
  }

  /** Copies a file of the node into the library. Flint says of every failure only that there was one. */
  async importImage(path: string, options: MachineOptions = {}): Promise<FlintImage> {
    const answer = await this.#write(
      {
        method: 'POST',
        path: '/api/images/import-from-path',
        body: { path },
        what: 'import an image',
        timeoutMs: copyTimeoutMs,
        signal: options.signal,
      },
      'image.refused',
      `import ${path}`,
    )
    return this.#connection.parsed(answer, readImage)
  }

  /**
   * Lets the node fetch an image from the web, within this one request (source only: no recorded exchange). Its name in the library begins
   * with `flint-download-` and a number of Flint's choosing. Giving up waiting does not stop it.
   */
  async downloadImage(url: string, name: string, options: MachineOptions = {}): Promise<FlintImage> {
    const answer = await this.#write(
      {
        method: 'POST',
        path: '/api/images/download',
        body: { url, name },
        what: 'download an image',
        timeoutMs: downloadTimeoutMs,
        signal: options.signal,
      },
      'image.refused',
      `download ${url}`,
    )
    return this.#connection.parsed(answer, readImage)
  }

  /** `already`: there is no such image (any more). Flint does not ask which VMs are built on it. */
  async deleteImage(name: string): Promise<'accepted' | 'already'> {
    const path = `/api/images/${pathSegment(name)}`
    return this.#remove({ method: 'DELETE', path, what: 'delete an image' }, 'image.refused', `delete the image ${name}`, 50)
  }

  /** Flint's list of images that it knows how to download. */
  async offers(options: MachineOptions = {}): Promise<FlintOffer[]> {
    return this.#list('/api/image-repository', readOffers, options)
  }

  /** Begins a download in Flint's background; that it failed stands in Flint's log only (source only: no recorded exchange). */
  async downloadOffer(id: string): Promise<void> {
    const path = `/api/image-repository/${pathSegment(id)}/download`
    await this.#write({ method: 'POST', path, what: 'download an image' }, 'image.refused', `download the image ${id}`)
  }

  async networks(options: MachineOptions = {}): Promise<FlintNetwork[]> {
    return this.#list('/api/networks', readNetworks, options)
  }

  async interfaces(options: MachineOptions = {}): Promise<FlintInterface[]> {
    return this.#list('/api/system-interfaces', readInterfaces, options)
  }

  /** A NAT network with addresses of Flint's choosing, 192.168.100.0/24 and up (source only: no recorded exchange). */
  async createNetwork(name: string, bridge: string): Promise<void> {
    const request: FlintRequest = { method: 'POST', path: '/api/networks', body: { name, bridgeName: bridge }, what: 'make a network' }
    await this.#write(request, 'network.refused', `make the network ${name}`)
  }

  /** Stopping cuts every VM on it off (source only: no recorded exchange). */
  async changeNetwork(name: string, action: NetworkAction): Promise<void> {
    const path = `/api/networks/${pathSegment(name)}`
    await this.#write(
      { method: 'PUT', path, body: { action }, what: `${action} a network` },
      'network.refused',
      `${action} the network ${name}`,
    )
  }

  /** Flint refuses only `default` (source only: no recorded exchange). */
  async deleteNetwork(name: string): Promise<'accepted' | 'already'> {
    const path = `/api/networks/${pathSegment(name)}`
    return this.#remove({ method: 'DELETE', path, what: 'delete a network' }, 'network.refused', `delete the network ${name}`, 43)
  }

  /** libvirt's network filters (source only: no recorded exchange). */
  async filters(options: MachineOptions = {}): Promise<FlintFilter[]> {
    return this.#list('/api/nwfilters', readFilters, options)
  }

  /**
   * Makes a filter, or replaces one of that name. Flint has no way to put it on a VM's interface. Every Flint so far asks libvirt to define it anew
   * without its UUID, which libvirt refuses: `filter.not-redefined`, and nothing has changed.
   */
  async putFilter(name: string, rules: readonly FilterRule[], exists: boolean): Promise<void> {
    const body = {
      name,
      rules: rules.map((rule) => ({
        action: rule.action,
        direction: rule.direction,
        priority: rule.priority,
        protocol: rule.protocol,
        srcip: rule.sourceAddress,
        dstip: rule.destinationAddress,
        srcport: rule.sourcePort,
        dstport: rule.destinationPort,
      })),
    }
    const request: FlintRequest = exists
      ? { method: 'PUT', path: `/api/nwfilters/${pathSegment(name)}`, body, what: 'change a filter' }
      : { method: 'POST', path: '/api/nwfilters', body, what: 'make a filter' }
    const answer = await this.#connection.ask(request)
    if (exists && libvirtCode(answer.text) === alreadyExists)
      throw new Failure('filter.not-redefined', `Flint cannot change the filter ${name}: libvirt wants its UUID, which Flint leaves out.`, 'Change it with virsh nwfilter-edit on the node.')
    if (!isDone(answer) || answer.isHtml) throw refusedBy(this.#connection, answer, 'filter.refused', `${exists ? 'change' : 'make'} the filter ${name}`)
  }

  async deleteFilter(name: string): Promise<'accepted' | 'already'> {
    const path = `/api/nwfilters/${pathSegment(name)}`
    return this.#remove({ method: 'DELETE', path, what: 'delete a filter' }, 'filter.refused', `delete the filter ${name}`, 62)
  }

  /** What Flint remembers having done: the last 50, oldest first, forgotten at its restart. */
  async activity(options: MachineOptions = {}): Promise<FlintEvent[]> {
    return this.#list('/api/activity', readEvents, options)
  }

  async #list<T>(path: string, read: (json: unknown) => T[] | null, options: MachineOptions): Promise<T[]> {
    const answer = await this.#connection.ask({ path, signal: options.signal })
    if (answer.status === 500 && answer.text.includes('Code=49')) {
      throw new Failure('storage.unknown-pool', 'The node has no such storage pool (any more).', 'Look at the list of pools again.')
    }
    if (answer.status === 404) throw this.#tooOld()
    if (answer.status !== 200) throw this.#connection.failureOf(answer)
    return this.#connection.parsed(answer, read)
  }

  /** A list of files. A connection that is cut where Flint otherwise answers is its crash over a file that libvirt lists and that is gone. */
  async #files<T>(pool: string, path: string, read: (json: unknown) => T[] | null, options: MachineOptions): Promise<T[]> {
    try {
      return await this.#list(path, read, options)
    } catch (error) {
      if (error instanceof Failure && error.code === 'node.unreachable' && (await this.#answers(options)))
        throw listBroken(this.#connection.where, pool)
      throw error
    }
  }

  async #answers(options: MachineOptions): Promise<boolean> {
    try {
      const { status, json } = await this.#connection.ask({ path: '/api/health', retry: false, bypassCircuit: true, signal: options.signal })
      return status === 200 && json !== undefined
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof Failure) return false
      throw error
    }
  }

  #tooOld(): Failure {
    return new Failure(
      'flint.too-old',
      `Flint at ${this.#connection.where} has no such page: its release is too old for this.`,
      'Update Flint on the node.',
    )
  }

  async #write(request: FlintRequest, code: string, what: string): Promise<FlintAnswer> {
    const answer = await this.#connection.ask(request)
    if (!isDone(answer) || answer.isHtml) throw refusedBy(this.#connection, answer, code, what)
    return answer
  }

  /** @param absentCode libvirt's number for "there is none" */
  async #remove(request: FlintRequest, code: string, what: string, absentCode: number): Promise<'accepted' | 'already'> {
    const answer = await this.#connection.ask(request)
    if (isDone(answer) && !answer.isHtml) return 'accepted'
    if (answer.text.includes(`virError(Code=${absentCode},`)) return 'already'
    throw refusedBy(this.#connection, answer, code, what)
  }
}

function volumesPath(pool: string): string {
  return `/api/storage-pools/${pathSegment(pool)}/volumes`
}
