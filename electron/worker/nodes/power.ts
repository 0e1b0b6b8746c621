// Power actions by the operator: sent, then followed until the VM's own state proves them.
import type { z } from 'zod'
import { linkOfVm } from '../../../db/repositories/links.ts'
import { vmOf } from '../../../db/repositories/vms.ts'
import type { powerResult } from '../../../shared/contract/vms.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { VmRef } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import { acpiCure } from '../flint/failures.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import type { Nodes, PowerAction, VmReading, VmState } from './nodes.ts'
import { isDeafToStop } from './powerButton.ts'
import { waitForState } from './stateWait.ts'

export type PowerResult = z.output<typeof powerResult>
type PresentVm = Extract<VmReading, { kind: 'present' }>

/** What the operator's own hand means for a linked VM (holds, suspensions); automation knows, power only asks. */
export interface OperatorHand {
  /** Called before anything is sent to a linked VM. Throws the Failure that refuses it, e.g. because a reason is needed. */
  before(ref: VmRef, action: PowerAction, options: { why?: string | undefined; days?: number | undefined }): Promise<void> | void
  /** How long a guest is given to obey a stop. */
  forceAfterSeconds(ref: VmRef): number
}

export interface PowerWish {
  readonly ref: VmRef
  readonly action: PowerAction
  /** With `stop`: force it when the guest has not obeyed in time. */
  readonly force?: boolean | undefined
  readonly why?: string | undefined
  readonly days?: number | undefined
}

export interface PowerOptions {
  /** Between two looks at the VM, in milliseconds. */
  readonly pollMs?: number | undefined
  /** How long anything but a stop is followed, in milliseconds. */
  readonly followMs?: number | undefined
}

const titles: Readonly<Record<PowerAction, string>> = {
  start: 'Start',
  stop: 'Stop',
  'force-stop': 'Force stop',
  reboot: 'Reboot',
  pause: 'Pause',
  resume: 'Resume',
}

/** The state that proves an action; a reboot leaves none behind. */
const proof: Readonly<Record<Exclude<PowerAction, 'reboot'>, VmState>> = {
  start: 'running',
  stop: 'shutoff',
  'force-stop': 'shutoff',
  pause: 'paused',
  resume: 'running',
}

export class Power {
  readonly #context: Context
  readonly #nodes: Nodes
  readonly #hand: OperatorHand
  readonly #pollMs: number
  readonly #followMs: number

  constructor(context: Context, nodes: Nodes, hand: OperatorHand, options: PowerOptions = {}) {
    this.#context = context
    this.#nodes = nodes
    this.#hand = hand
    this.#pollMs = options.pollMs ?? 1_000
    this.#followMs = options.followMs ?? 60_000
  }

  /** Starts a job whose result is a `PowerResult`. Throws `node.unknown`. */
  start(wish: PowerWish): { jobId: string } {
    const node = this.#nodes.row(wish.ref.nodeId)
    const name = vmOf(this.#context.db.orm, wish.ref)?.name ?? wish.ref.uuid
    return this.#context.jobs.start('power', `${titles[wish.action]} ${node.name}/${name}`, (progress) => this.perform(wish, progress))
  }

  /**
   * Does it and answers what was seen. Throws `vm.unknown`, `vm.still-running`, `vm.action-refused`, `vm.not-proved`, why the node cannot be
   * believed, `node.no-answer` where a reboot's outcome is unknown, or what the operator's hand refuses.
   */
  async perform(wish: PowerWish, progress: JobProgress): Promise<PowerResult> {
    const { ref, action } = wish
    progress.report('Looking at the VM')
    const before = await this.#present(ref)
    progress.signal.throwIfAborted()
    if (linkOfVm(this.#context.db.orm, ref) !== null) await this.#hand.before(ref, action, { why: wish.why, days: wish.days })
    const { log } = this.#context
    log.info({ nodeId: ref.nodeId, vm: before.name, action, state: before.state }, 'power action')
    const seen =
      action === 'reboot'
        ? await this.#reboot(ref, before, progress)
        : await this.#bringTo(ref, action, before, progress, wish.force === true)
    log.info({ nodeId: ref.nodeId, vm: seen.name, action, state: seen.state }, 'power action done')
    return { node: this.#nodes.row(ref.nodeId).name, name: seen.name, uuid: ref.uuid, state: seen.state, verified: action !== 'reboot' }
  }

  async #bringTo(
    ref: VmRef,
    action: Exclude<PowerAction, 'reboot'>,
    before: PresentVm,
    progress: JobProgress,
    force: boolean,
  ): Promise<PresentVm> {
    const wanted = proof[action]
    if (before.state === wanted) return before
    refuseNonsense(action, before)
    // Flint cannot start a paused VM: it has to be resumed, which is what was wished for.
    const sent = action === 'start' && before.state === 'paused' ? 'resume' : action
    const unanswered = await this.#send(ref, sent, progress)
    const seconds = action === 'stop' ? this.#hand.forceAfterSeconds(ref) : this.#followMs / 1_000
    const waited = await this.#follow(ref, wanted, seconds, progress)
    if (waited.reached) return waited.vm
    if (action === 'stop' && force) return this.#force(ref, progress)
    if (unanswered) throw unanswered
    throw notProved(action, waited.vm, seconds, action === 'stop' && (await isDeafToStop(this.#nodes, ref)))
  }

  async #force(ref: VmRef, progress: JobProgress): Promise<PresentVm> {
    progress.signal.throwIfAborted()
    const unanswered = await this.#send(ref, 'force-stop', progress)
    const waited = await this.#follow(ref, 'shutoff', this.#followMs / 1_000, progress)
    if (waited.reached) return waited.vm
    throw unanswered ?? notProved('force-stop', waited.vm, this.#followMs / 1_000)
  }

  async #reboot(ref: VmRef, before: PresentVm, progress: JobProgress): Promise<PresentVm> {
    if (before.state === 'shutoff') throw refused('reboot', before, 'it is off', 'Start it instead.')
    progress.report('Sending reboot')
    if ((await this.#nodes.sendAction(ref, 'reboot')) === 'already')
      throw refused('reboot', before, 'libvirt says that it does not run', 'Look at its state.')
    return this.#present(ref)
  }

  /** Sends; a connection that broke after sending is no failure yet, for the state will tell: it is handed back in case it does not. */
  async #send(ref: VmRef, action: PowerAction, progress: JobProgress): Promise<Failure | null> {
    progress.report(`Sending ${action}`)
    try {
      await this.#nodes.sendAction(ref, action)
      return null
    } catch (error) {
      if (error instanceof Failure && error.code === 'node.no-answer') return error
      throw error
    }
  }

  async #follow(ref: VmRef, wanted: VmState, seconds: number, progress: JobProgress): Promise<{ reached: boolean; vm: PresentVm }> {
    return waitForState({
      read: () => this.#present(ref),
      wanted,
      timeoutMs: seconds * 1_000,
      pollMs: this.#pollMs,
      signal: progress.signal,
      onRead: (state, elapsedMs) => {
        progress.report(
          `Waiting until it is ${wanted}; it is ${state} now`,
          Math.min(Math.round(elapsedMs / 1_000), Math.ceil(seconds)),
          Math.ceil(seconds),
        )
      },
    })
  }

  async #present(ref: VmRef): Promise<PresentVm> {
    const reading = await this.#nodes.readVm(ref)
    if (reading.kind === 'present') return reading
    throw new Failure('vm.unknown', 'The node knows no such VM (any more).', 'Refresh the list.')
  }
}

function refused(action: PowerAction, vm: PresentVm, why: string, hint: string): Failure {
  return new Failure('vm.action-refused', `${vm.name} cannot be asked to ${action}: ${why}.`, hint)
}

/** What libvirt would refuse with its Code=55, said in words before it is sent. */
function refuseNonsense(action: PowerAction, vm: PresentVm): void {
  if (vm.state !== 'shutoff') return
  if (action === 'pause') throw refused(action, vm, 'it is off', 'Only a running VM can be paused.')
  if (action === 'resume') throw refused(action, vm, 'it is off', 'Start it instead.')
}

function wayOff(isDeaf: boolean): string {
  return isDeaf
    ? `It was defined without ACPI, as Flint makes VMs: its guest cannot hear a stop, only force switches it off. ${acpiCure}`
    : 'The guest ignores the request or takes its time; force it to switch it off at once.'
}

function notProved(action: PowerAction, vm: PresentVm, seconds: number, isDeaf = false): Failure {
  if (action === 'stop' || action === 'force-stop') {
    const asleep = vm.state === 'paused' ? ' It is paused: a paused guest cannot obey; resume or force it.' : ''
    return new Failure(
      'vm.still-running',
      `${vm.name} is still ${vm.state} ${seconds} s after it was asked to stop.${asleep}`,
      action === 'stop' ? wayOff(isDeaf) : 'Look at the VM with virsh on the node.',
    )
  }
  return new Failure(
    'vm.not-proved',
    `${vm.name} is ${vm.state} ${seconds} s after it was asked to ${action}.`,
    'Look at its console, and at Flint’s log on the node.',
  )
}
