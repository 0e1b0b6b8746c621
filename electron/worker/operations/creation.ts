// Makes VMs: everything that Flint would fail on without a word is looked at first, and what it says it made is looked at afterwards.
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { storeMarks } from '../../../db/repositories/vmMarks.ts'
import type { cloudInit, createdVm, vmWish } from '../../../shared/contract/operations.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef } from '../../../shared/domain/ids.ts'
import type { FlintClient } from '../flint/client.ts'
import { libraryPool } from '../flint/library.ts'
import type { CloudInit, FlintMachine } from '../flint/machines.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { waitForState } from '../nodes/stateWait.ts'
import { generatePassword, type OneTimeSecrets } from './oneTimeSecrets.ts'
import type { OperationTools } from './tools.ts'
import { refuseUnusableNetwork } from './usableNetwork.ts'

export type CreatedVm = z.output<typeof createdVm>
type ParsedWish = z.output<typeof vmWish>
export type VmWish = Omit<ParsedWish, 'nodeId'> & { readonly nodeId: NodeId }
export type CloudInitWish = z.output<typeof cloudInit>

const gibibyte = 1_073_741_824

export class Creation {
  readonly #tools: OperationTools
  readonly #secrets: OneTimeSecrets
  readonly #pollMs: number

  constructor(tools: OperationTools, secrets: OneTimeSecrets, options: { pollMs?: number | undefined } = {}) {
    this.#tools = tools
    this.#secrets = secrets
    this.#pollMs = options.pollMs ?? 1_000
  }

  /** Starts a job whose result is a `CreatedVm`. Throws `node.unknown`. */
  start(wish: VmWish): { jobId: string } {
    const title = `Make ${this.#tools.nodeName(wish.nodeId)}/${wish.name}`
    return this.#tools.context.jobs.start('vm', title, async (progress) => {
      progress.report('Looking at the node')
      await this.preflight(wish)
      progress.signal.throwIfAborted()
      const made = await this.make(wish, progress)
      const { context } = this.#tools
      context.db.transaction(() => {
        const { cloudInit: firstBoot, ...size } = wish
        this.#tools.recordVm({ nodeId: wish.nodeId, uuid: made.ref.uuid }, 'vm.created', {
          ...size,
          firstBoot:
            firstBoot === null ? null : { username: firstBoot.username, password: firstBoot.password, keys: firstBoot.sshKeys !== '' },
        })
      })
      const warning = wish.start ? await this.startNew(made.ref, wish.name, progress) : null
      return { ...made.result, warning: joined(made.result.warning, warning) }
    })
  }

  /**
   * Refuses what Flint would refuse without saying why. `replacing` is a VM whose name and disk will be free by then. Throws `vm.name-taken`,
   * `vm.disk-left`, `image.unknown`, `image.is-a-disk`, `vm.disk-too-small`, `network.unknown`, `network.inactive`.
   */
  async preflight(wish: VmWish, replacing: { ref: VmRef; volumes: readonly string[] } | null = null): Promise<void> {
    const client = await this.#tools.nodes.client(wish.nodeId)
    await client.believable({ now: true })
    const [list, volumes, images, networks, interfaces] = await Promise.all([
      client.listVms(),
      client.library.volumes(libraryPool),
      client.library.images(),
      client.library.networks(),
      client.library.interfaces(),
    ])
    const namesake = list.vms.find((vm) => vm.name === wish.name && vm.uuid !== replacing?.ref.uuid)
    if (namesake) throw new Failure('vm.name-taken', `A VM named ${wish.name} exists on that node already.`, 'Choose another name.')
    const disk = `${wish.name}-disk-0.qcow2`
    if (volumes.some((volume) => volume.name === disk) && !replacing?.volumes.includes(disk)) {
      throw new Failure(
        'vm.disk-left',
        `A disk named ${disk} is still in the node's pool, left behind by an earlier VM.`,
        'Look at it under the node’s storage and delete it there, or choose another name.',
      )
    }
    const image = images.find((known) => known.name === wish.imageName)
    if (!image)
      throw new Failure(
        'image.unknown',
        `The node has no image named ${wish.imageName}.`,
        'Import or download it under the node’s images, or choose another.',
      )
    const owner = list.vms.find((vm) => wish.imageName.startsWith(`${vm.name}-disk-`) || wish.imageName === `${vm.name}-cloudinit.iso`)
    if (owner)
      throw new Failure(
        'image.is-a-disk',
        `${wish.imageName} is the disk of ${owner.name}, not an image.`,
        'Choose an image; a VM built on another VM’s disk breaks both.',
      )
    if (image.type === 'template' && image.sizeBytes > wish.diskGiB * gibibyte) {
      throw new Failure(
        'vm.disk-too-small',
        `The image needs ${Math.ceil(image.sizeBytes / gibibyte)} GB of disk, more than ${wish.diskGiB}.`,
        'Give it a larger disk.',
      )
    }
    if (wish.networkName !== '') refuseUnusableNetwork({ name: wish.networkName, by: 'create', isUsedNow: wish.start }, networks, interfaces)
  }

  /** Makes the VM, off, and looks at it. Throws `vm.create-refused`; `node.no-answer` when it cannot be seen whether it was made. */
  async make(wish: VmWish, progress: JobProgress): Promise<{ ref: VmRef; result: CreatedVm }> {
    const { nodes, context } = this.#tools
    const client = await nodes.client(wish.nodeId)
    const image = (await client.library.images()).find((known) => known.name === wish.imageName)
    const firstBoot = wish.cloudInit === null ? null : this.#firstBoot(wish.cloudInit)
    const passwordId = firstBoot === null || firstBoot.password === '' ? null : this.#secrets.put(firstBoot)
    try {
      progress.report(`Making ${wish.name}`)
      const machine = await this.#create(client, wish, image?.type ?? 'template', firstBoot)
      const ref: VmRef = { nodeId: wish.nodeId, uuid: machine.uuid }
      await nodes.readVm(ref)
      storeMarks(context.db.orm, ref, { builtFrom: wish.imageName }, context.clock.now())
      context.changed('vms', 'storage')
      const warning = shortfall(machine, firstBoot !== null)
      return { ref, result: { ...ref, name: machine.name, passwordId, warning } }
    } catch (error) {
      if (passwordId !== null) this.#secrets.take(passwordId)
      throw error
    }
  }

  /** Starts a VM that was just made and follows it; why it does not run is a warning, for it is made. */
  async startNew(ref: VmRef, name: string, progress: JobProgress): Promise<string | null> {
    const { nodes } = this.#tools
    try {
      progress.report(`Starting ${name}`)
      await nodes.sendAction(ref, 'start')
      const { reached, vm } = await waitForState({
        read: async () => {
          const reading = await nodes.readVm(ref)
          return { state: reading.kind === 'gone' ? 'gone' : reading.state }
        },
        wanted: 'running',
        timeoutMs: 60_000,
        pollMs: this.#pollMs,
        signal: progress.signal,
        onRead: () => undefined,
      })
      return reached ? null : `It is made, but is ${vm.state} a minute after it was started.`
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return `It is made, but does not start: ${error.message}`
    }
  }

  /** The VM of that name as the node lists it; null when there is none. */
  async findByName(nodeId: NodeId, name: string): Promise<VmRef | null> {
    const client = await this.#tools.nodes.client(nodeId)
    await client.believable({ now: true })
    const found = (await client.listVms()).vms.find((vm) => vm.name === name)
    return found ? { nodeId, uuid: found.uuid } : null
  }

  async #create(client: FlintClient, wish: VmWish, imageType: 'template' | 'iso', firstBoot: CloudInit | null): Promise<FlintMachine> {
    const { name, memoryMiB, vcpus, imageName, diskGiB, networkName } = wish
    try {
      return await client.machines.create({
        name,
        memoryMiB,
        vcpus,
        imageName,
        imageType,
        diskGiB,
        networkName,
        startOnCreate: false,
        cloudInit: firstBoot,
      })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (error.code === 'node.no-answer' || error.code === 'node.invalid-answer') {
        const seen = await this.#afterNoAnswer(client, wish)
        if (seen !== null) return seen
      }
      if (error.code !== 'vm.create-refused') throw error
      const left = (await client.library.volumes(libraryPool).catch(() => [])).find((volume) => volume.name === `${name}-disk-0.qcow2`)
      if (!left) throw error
      throw new Failure(
        error.code,
        `${error.message} It left the disk ${left.name} behind.`,
        'Flint’s log on the node says why. Delete the disk under the node’s storage before trying again.',
      )
    }
  }

  /** The answer was lost: the node is asked a few times whether it made the VM all the same. */
  async #afterNoAnswer(client: FlintClient, wish: VmWish): Promise<FlintMachine | null> {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const ref = await this.findByName(wish.nodeId, wish.name)
      if (ref !== null) return client.machines.machine(ref.uuid)
      await sleep(this.#pollMs)
    }
    return null
  }

  #firstBoot(wish: CloudInitWish): CloudInit {
    return {
      hostname: wish.hostname,
      username: wish.username,
      password: wish.password ? generatePassword() : '',
      sshKeys: wish.sshKeys.trim(),
      packages: wish.packages,
      network: wish.network,
    }
  }
}

/** What Flint leaves out without a word: it says that a VM was made even when its disk or its first-boot CD was not. */
function shortfall(machine: FlintMachine, hasFirstBoot: boolean): string | null {
  if (!machine.disks.some((disk) => disk.device === 'disk')) return 'It has no disk: Flint made it without one.'
  const hasSeed = machine.disks.some((disk) => disk.source.kind === 'file' && disk.source.path.endsWith(`/${machine.name}-cloudinit.iso`))
  if (!hasFirstBoot || hasSeed) return null
  return 'Its first-boot CD is missing, so no user, password or key is set: Flint needs genisoimage or mkisofs on the node. Install it there and reinstall the VM.'
}

function joined(...warnings: (string | null)[]): string | null {
  const given = warnings.filter((warning) => warning !== null)
  return given.length === 0 ? null : given.join(' ')
}
