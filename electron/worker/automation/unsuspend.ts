// The steps of giving back: recheck, start (or resume), see it run, then Paymenter's status; a guest that may yet obey an old stop is watched.
import { suspensionInForce, updateSuspension } from '../../../db/repositories/suspensions.ts'
import type { Intent } from '../../../db/repositories/intents.ts'
import { openVaultEntry, takeOutOfVault } from '../../../db/repositories/vault.ts'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { isOff } from '../../../shared/domain/decide.ts'
import { policyOrDefault, recheck, refOf, send, statusOf, waitFor, type StepTools } from './steps.ts'

/** As they are stored, in their order; what the screens draw of them is tested against this. */
export const unsuspendSteps = ['recheck', 'start', 'wait-running', 'status', 'watch', 'finished'] as const
const startWaitMs = 120_000
const mostStartsAtOnce = 3
const watchMs = 24 * 3_600_000

/** Carries giving back on from whatever step it is in; returns when it is done, or when only watching is left. */
export async function carryOutUnsuspension(tools: StepTools, begun: Intent): Promise<Intent> {
  const { context, log, mutex } = tools
  let intent = begun
  let starts = 0
  for (;;) {
    switch (intent.step) {
      case 'recheck':
      case 'start': {
        starts += 1
        intent = await mutex.run(intent.nodeId, async () => {
          const { planned, reading } = await recheck(tools, intent)
          const now = context.clock.now()
          if (reading.state === 'running') {
            return log.step(intent, { state: 'verifying', step: 'status', error: null }, { action: 'vm.already-running', why: 'The VM runs already; nothing was sent.' })
          }
          const action = reading.state === 'paused' ? 'resume' : 'start'
          const starting = await log.step(
            intent,
            { state: 'executing', step: 'start', error: null },
            { action: `vm.${action}-sent`, why: planned.decision.reason, detail: { state: reading.state } },
          )
          // A guest that is still obeying the stop cannot be started yet: the wait below starts it once it is off.
          if (reading.state !== 'shutting-down') await send(tools, starting, action)
          return log.step(starting, { state: 'verifying', step: 'wait-running', waitingSince: now }, null)
        })
        break
      }
      case 'wait-running': {
        const since = intent.waitingSince ?? context.clock.now()
        const end = await waitFor(tools, intent, (state) => state === 'running' || isOff(state), since + startWaitMs)
        if (end.state === 'running') {
          intent = await log.step(intent, { step: 'status' }, { action: 'vm.seen-running', why: 'Read after the start.' })
          break
        }
        intent = await log.step(intent, { state: 'executing', step: 'start' }, null)
        // A guest that obeyed the old stop only now is started again at once; one that keeps going off is tried later.
        if (starts < mostStartsAtOnce && isOff(end.state)) break
        throw new Failure('vm.not-running', `${intent.vmName} is ${end.state} after it was started.`, 'Look at its console. It is started again.')
      }
      case 'status':
        return finish(tools, intent, await writeStatus(tools, intent))
      case 'watch':
        return watch(tools, intent)
      default:
        throw new Error(`intent ${intent.id} has an unknown step ${intent.step}`)
    }
  }
}

/** Whoever wrote `suspended`: a service left so would never be invoiced again. */
async function writeStatus(tools: StepTools, intent: Intent): Promise<FailureBody | null> {
  return tools.mutex.run(intent.nodeId, async () => {
    await tools.billing.refreshService(intent.serviceId)
    if (statusOf(tools, intent) !== 'suspended') return null
    const policy = tools.planner.decideAll(policyOrDefault(tools.policies), intent.serviceId)[0]?.policy
    if (policy?.writeStatus !== true) {
      return { code: 'billing.status-left', message: 'Paymenter still shows the service as suspended, so it will not invoice it again.', hint: 'Set it active in Paymenter: the policy says that this console does not write statuses.' }
    }
    await tools.log.step(intent, { step: 'status' }, { action: 'billing.status-sent', why: 'The VM runs; Paymenter is told.', detail: { status: 'active' } })
    try {
      await tools.billing.setServiceStatus(intent.serviceId, 'active')
      return null
    } catch (error) {
      if (error instanceof Failure && error.code === 'billing.forbidden') return error.body()
      throw error
    }
  })
}

async function finish(tools: StepTools, intent: Intent, statusFailure: FailureBody | null): Promise<Intent> {
  const { orm } = tools.context.db
  const suspension = suspensionInForce(orm, intent.serviceId)
  const mayObeyLate = suspension !== null && suspension.stopSentAt !== null && suspension.verifiedAt === null
  const now = tools.context.clock.now()
  const end = () => {
    if (suspension) updateSuspension(orm, suspension.id, { endedAt: now, endedBy: intent.reason })
    takeOutOfVault(orm, intent.serviceId, now)
  }
  const wasTerminated = openVaultEntry(orm, intent.serviceId) !== null
  if (mayObeyLate) {
    return tools.log.step(
      intent,
      { state: 'verifying', step: 'watch', waitingSince: now, error: statusFailure },
      { action: 'vm.watched', why: 'A stop was sent before and was not seen to be obeyed: the guest may yet do so, and is started again then.' },
      end,
    )
  }
  return tools.log.step(
    intent,
    { state: 'done', step: 'finished', error: statusFailure, nextAttemptAt: null },
    { action: 'intent.done', why: wasTerminated ? 'Given back, running, verified; its termination is taken back.' : 'Given back, running, verified.', detail: { status: statusOf(tools, intent) } },
    end,
  )
}

/** One look at a guest that may obey an old stop late: started again when it has, done after that or after a day. */
async function watch(tools: StepTools, intent: Intent): Promise<Intent> {
  const reading = await tools.nodes.readVm(refOf(intent))
  const now = tools.context.clock.now()
  if (reading.kind === 'present' && isOff(reading.state)) {
    const starting = await tools.log.step(intent, { step: 'watch' }, { action: 'vm.start-sent', why: 'The guest obeyed the old stop late.', detail: { state: reading.state } })
    await tools.mutex.run(intent.nodeId, () => send(tools, starting, 'start'))
    const end = await waitFor(tools, starting, (state) => state === 'running', now + startWaitMs)
    if (!end.reached) throw new Failure('vm.not-running', `${intent.vmName} is ${end.state} after it was started.`, 'Look at its console. It is started again.')
    return tools.log.step(starting, { state: 'done', step: 'finished' }, { action: 'intent.done', why: 'It shut down late, was started again, and runs.' })
  }
  if (now - (intent.waitingSince ?? now) < watchMs) return intent
  return tools.log.step(intent, { state: 'done', step: 'finished' }, { action: 'intent.done', why: 'Watched for a day: it runs.' })
}
