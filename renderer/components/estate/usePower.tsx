// Power actions from any screen: asks what has to be asked, starts the job, follows it to its end, says what was proved.
import { useCallback } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { failureOf } from '../../lib/failure.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useJobBoard } from '../../lib/jobs.ts'
import { useConnection } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { PowerDialog } from './PowerDialog.tsx'
import { needsAsking, powerEnd, powerVerbs } from './powerWords.ts'
import type { PowerAction } from './powerWords.ts'
import type { VmRow } from './states.tsx'

export type PowerExtra = Pick<MethodInput<'vms.power'>, 'why' | 'days' | 'force'>

function isVerified(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'verified' in result && result.verified === true
}

/** Runs one action to its end; the sentence that tells it. Throws its failure. */
function usePowerRun(): (vm: VmRow, action: PowerAction, extra: PowerExtra) => Promise<string> {
  const connection = useConnection()
  const board = useJobBoard()
  return useCallback(
    async (vm, action, extra) => {
      const { jobId } = await connection.call('vms.power', { nodeId: vm.nodeId, uuid: vm.uuid, action, ...extra })
      const job = await board.end(jobId)
      return powerEnd(action, isVerified(job.result), job.finishedAt ?? Date.now())
    },
    [connection, board],
  )
}

/** Does an action to one VM, asking first where that is due. */
export function usePower(): (vm: VmRow, action: PowerAction) => void {
  const dialogs = useDialogs()
  const run = usePowerRun()
  return useCallback(
    (vm, action) => {
      const follow = async (extra: PowerExtra): Promise<void> => {
        try {
          tellDone(vm.name, await run(vm, action, extra))
        } catch (error) {
          if (failureOf(error).code === 'vm.why-needed') ask(failureOf(error).message)
          else tellFailure(`${powerVerbs[action]} ${vm.name}`, error)
        }
      }
      const go = (extra: PowerExtra): void => {
        void follow(extra)
      }
      const ask = (whyNeeded: string | null): void => {
        dialogs.open(`${powerVerbs[action]} ${vm.name.slice(0, 80)}`, (close) => (
          <PowerDialog vm={vm} action={action} whyNeeded={whyNeeded} close={close} onGo={go} />
        ))
      }
      if (needsAsking(action) || (action === 'start' && vm.suspended)) ask(null)
      else go({})
    },
    [dialogs, run],
  )
}
