// Reinstalls VMs from another image: deleted, made again with name and size, and all that is kept here moved to the new UUID.
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { holdOf } from '../../../db/repositories/holds.ts'
import { linkOfVm } from '../../../db/repositories/links.ts'
import { insertReinstall, openReinstalls, reinstallById, updateReinstall, type Reinstall } from '../../../db/repositories/reinstalls.ts'
import { suspensionInForce } from '../../../db/repositories/suspensions.ts'
import { storeMarks } from '../../../db/repositories/vmMarks.ts'
import { moveVm } from '../../../db/repositories/vmMove.ts'
import { cloudInit, type reinstallRow } from '../../../shared/contract/operations.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId, VmRef } from '../../../shared/domain/ids.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import { disksMustStay, vanished, type Deletion } from '../nodes/deletion.ts'
import type { OperatorHand } from '../nodes/power.ts'
import type { Creation, CloudInitWish, CreatedVm, VmWish } from './creation.ts'
import { requireConfirmed, type OperationTools } from './tools.ts'

type ReinstallRow = z.output<typeof reinstallRow>

export interface ReinstallWish {
  readonly ref: VmRef
  readonly confirm: string
  readonly imageName: string
  readonly diskGiB: number
  readonly start: boolean
  readonly cloudInit: CloudInitWish | null
}

/** As stored: parsed again when it is read, for another version may have written it. */
const storedWish = z.object({
  memoryMiB: z.number(),
  vcpus: z.number(),
  diskGiB: z.number(),
  imageName: z.string(),
  networkName: z.string(),
  start: z.boolean(),
  cloudInit: cloudInit.nullable(),
})

export class Reinstalls {
  readonly #tools: OperationTools
  readonly #deletion: Deletion
  readonly #creation: Creation
  readonly #hand: Pick<OperatorHand, 'forceAfterSeconds'>
  readonly #running = new Set<string>()

  constructor(tools: OperationTools, deletion: Deletion, creation: Creation, hand: Pick<OperatorHand, 'forceAfterSeconds'>) {
    this.#tools = tools
    this.#deletion = deletion
    this.#creation = creation
    this.#hand = hand
  }

  /** Takes up what was interrupted when the last worker ended. */
  resume(): void {
    for (const row of openReinstalls(this.#tools.context.db.orm)) this.continue(row.id)
  }

  list(): ReinstallRow[] {
    return openReinstalls(this.#tools.context.db.orm).map((row) => ({
      id: row.id,
      nodeId: row.nodeId,
      nodeName: row.nodeName,
      oldUuid: row.oldUuid,
      newUuid: row.newUuid,
      vmName: row.vmName,
      step: row.step,
      imageName: storedWish.safeParse(row.wanted).data?.imageName ?? '?',
      error: row.error === null ? null : { ...row.error },
      createdAt: row.createdAt,
      running: this.#running.has(row.id),
    }))
  }

  /** Starts a job whose result is a `CreatedVm`. Throws `confirm.needed`, `vm.protected`, `vm.busy`, `vm.unknown`. */
  start(wish: ReinstallWish): { jobId: string } {
    const { ref } = wish
    requireConfirmed(wish.confirm, this.#tools.vmName(ref))
    this.#tools.refuseProtected(ref, 'reinstalled')
    this.#tools.refuseBusy(ref)
    const title = `Reinstall ${this.#tools.title(ref)}`
    return this.#tools.context.jobs.start('vm', title, async (progress) => {
      progress.report('Looking at the VM and its node')
      const id = await this.#begin(wish)
      return this.#run(id, progress)
    })
  }

  /** Takes an interrupted one up again, as a job. Throws `reinstall.unknown`, `reinstall.running`. */
  continue(id: string): { jobId: string } {
    const row = this.#open(id)
    if (this.#running.has(id)) throw new Failure('reinstall.running', `${row.vmName} is being worked on.`, 'Wait until that has ended.')
    const started = this.#tools.context.jobs.start(
      'vm',
      `Reinstall ${this.#tools.nodeName(row.nodeId)}/${row.vmName}, continued`,
      (progress) => this.#run(id, progress),
    )
    return started
  }

  /** Leaves an interrupted one as it stands. Throws `confirm.needed`, `reinstall.unknown`, `reinstall.running`. */
  giveUp(id: string, confirm: string): void {
    const row = this.#open(id)
    requireConfirmed(confirm, row.vmName)
    if (this.#running.has(id)) throw new Failure('reinstall.running', `${row.vmName} is being worked on.`, 'Cancel that first.')
    const { context } = this.#tools
    context.db.transaction(() => {
      this.#store(id, { step: 'given-up' })
      this.#tools.record({
        action: 'vm.reinstall-given-up',
        nodeId: row.nodeId,
        uuid: row.oldUuid,
        vmName: row.vmName,
        detail: { step: row.step, newUuid: row.newUuid },
      })
    })
    context.changed('vms')
  }

  /** Everything that could stop it half-way is looked at before anything is deleted. */
  async #begin(wish: ReinstallWish): Promise<string> {
    const { ref } = wish
    const { context, nodes } = this.#tools
    const plan = await this.#deletion.plan(ref)
    if (plan === null) throw vanished()
    requireConfirmed(wish.confirm, plan.name)
    if (!plan.withDisks) throw disksMustStay(plan)
    const machine = await (await nodes.client(ref.nodeId)).machines.machine(ref.uuid)
    if (machine === null) throw vanished()
    const wanted: z.output<typeof storedWish> = {
      memoryMiB: Math.round(Math.max(machine.maximumMemoryKiB, machine.memoryKiB) / 1_024),
      vcpus: machine.vcpus,
      diskGiB: wish.diskGiB,
      imageName: wish.imageName,
      networkName: machine.nics[0]?.source ?? '',
      start: wish.start,
      cloudInit: wish.cloudInit,
    }
    const volumes = plan.disks.flatMap((disk) =>
      disk.source.kind === 'volume' ? [disk.source.volume] : disk.path === null ? [] : [disk.path.slice(disk.path.lastIndexOf('/') + 1)],
    )
    await this.#creation.preflight(toWish(ref.nodeId, plan.name, wanted), { ref, volumes })
    const id = randomUUID()
    const at = context.clock.now()
    context.db.transaction(() => {
      insertReinstall(context.db.orm, {
        id,
        nodeId: ref.nodeId,
        oldUuid: ref.uuid,
        newUuid: null,
        vmName: plan.name,
        step: 'deleting',
        wanted,
        error: null,
        createdAt: at,
        updatedAt: at,
      })
      this.#tools.recordVm(ref, 'vm.reinstall-begun', {
        ...wanted,
        cloudInit: null,
        disks: plan.disks.length,
        snapshots: plan.snapshots.length,
      })
    })
    context.changed('vms')
    return id
  }

  async #run(id: string, progress: JobProgress): Promise<CreatedVm> {
    this.#running.add(id)
    try {
      this.#store(id, { error: null })
      if (this.#open(id).step === 'deleting') await this.#delete(this.#open(id), progress)
      const made = this.#open(id).step === 'creating' ? await this.#create(this.#open(id), progress) : null
      const row = this.#open(id)
      const ref = this.#move(row)
      const wish = storedWish.parse(row.wanted)
      const warnings = made?.result.warning === undefined || made.result.warning === null ? [] : [made.result.warning]
      if (made === null && wish.cloudInit?.password === true) {
        warnings.push(
          'It was made before an interruption, and its first password was lost with it: set one through the console, or reinstall again.',
        )
      }
      const started = wish.start ? await this.#startUnlessHeld(ref, row.vmName, progress) : null
      if (started !== null) warnings.push(started)
      return {
        ...ref,
        name: row.vmName,
        passwordId: made?.result.passwordId ?? null,
        warning: warnings.length === 0 ? null : warnings.join(' '),
      }
    } catch (error) {
      if (error instanceof Failure && reinstallById(this.#tools.context.db.orm, id)?.step !== 'done')
        this.#store(id, { error: error.body() })
      throw error
    } finally {
      this.#running.delete(id)
      this.#tools.context.changed('vms', 'storage')
    }
  }

  async #delete(row: Reinstall, progress: JobProgress): Promise<void> {
    const ref = oldRef(row)
    await this.#deletion.ensureOff(ref, this.#hand.forceAfterSeconds(ref), progress)
    await this.#deletion.deleteSnapshots(ref, progress)
    await this.#deletion.deleteVm(ref, row.vmName, 'must', progress)
    this.#store(row.id, { step: 'creating' })
  }

  /** A VM of that name that is there already was made before an interruption: no other could have taken it. */
  async #create(row: Reinstall, progress: JobProgress): Promise<{ ref: VmRef; result: CreatedVm } | null> {
    progress.signal.throwIfAborted()
    const namesake = await this.#creation.findByName(row.nodeId, row.vmName)
    const known = namesake?.uuid === row.oldUuid ? null : namesake
    const wish = toWish(row.nodeId, row.vmName, storedWish.parse(row.wanted))
    const made = known === null ? await this.#creation.make(wish, progress) : null
    const uuid = made?.ref.uuid ?? known?.uuid
    if (uuid === undefined) throw vanished()
    if (made === null) await this.#tools.nodes.readVm({ nodeId: row.nodeId, uuid })
    this.#store(row.id, { step: 'moving', newUuid: uuid })
    return made
  }

  /** One transaction: links, holds, suspensions, notes, tags and samples are with the old UUID or with the new one, never between. */
  #move(row: Reinstall): VmRef {
    const { context } = this.#tools
    if (row.newUuid === null) throw new Error(`reinstall ${row.id} has no new VM`)
    const from = oldRef(row)
    const to: VmRef = { nodeId: row.nodeId, uuid: row.newUuid }
    const wish = storedWish.parse(row.wanted)
    context.db.transaction(() => {
      const link = linkOfVm(context.db.orm, from)
      moveVm(context.db, row.nodeId, from.uuid, to.uuid)
      storeMarks(context.db.orm, to, { builtFrom: wish.imageName }, context.clock.now())
      const why = `Reinstalled from ${wish.imageName}: its UUID changed.`
      if (link !== null) {
        const of = { serviceId: link.serviceId, vmName: row.vmName, why }
        this.#tools.record({ action: 'link.removed', ...of, ...from })
        this.#tools.record({ action: 'link.confirmed', ...of, ...to })
      }
      this.#tools.record({
        action: 'vm.reinstalled',
        ...to,
        vmName: row.vmName,
        serviceId: link?.serviceId ?? null,
        why,
        detail: { oldUuid: from.uuid, newUuid: to.uuid },
      })
      this.#store(row.id, { step: 'done', error: null })
    })
    context.changed('vms', 'links', 'holds')
    return to
  }

  async #startUnlessHeld(ref: VmRef, name: string, progress: JobProgress): Promise<string | null> {
    const { orm } = this.#tools.context.db
    const link = linkOfVm(orm, ref)
    if (link !== null && suspensionInForce(orm, link.serviceId) !== null) return 'It is left off, for its customer is suspended.'
    if (link !== null && holdOf(orm, link.serviceId)?.kind === 'no-start') return 'It is left off, for a hold says so.'
    return this.#creation.startNew(ref, name, progress)
  }

  #open(id: string): Reinstall {
    const row = reinstallById(this.#tools.context.db.orm, id)
    if (row === null || row.step === 'done' || row.step === 'given-up')
      throw new Failure('reinstall.unknown', 'That reinstallation is not open (any more).', 'Look at the list again.')
    return row
  }

  #store(id: string, change: Partial<Pick<Reinstall, 'step' | 'newUuid' | 'error'>>): void {
    updateReinstall(this.#tools.context.db.orm, id, { ...change, updatedAt: this.#tools.context.clock.now() })
  }
}

function oldRef(row: Reinstall): VmRef {
  return { nodeId: row.nodeId, uuid: row.oldUuid }
}

function toWish(nodeId: NodeId, name: string, wanted: z.output<typeof storedWish>): VmWish {
  return { nodeId, name, ...wanted }
}
