// Methods that start a job: call, follow it to its end, hand its result over.
import { useCallback, useState } from 'react'
import type { Job, MethodInput } from '../../shared/contract/index.ts'
import { useJobBoard } from './jobs.ts'
import { useConnection } from './queries.ts'

export type JobMethod =
  | 'vms.create'
  | 'vms.delete'
  | 'vms.reinstall'
  | 'vms.continueReinstall'
  | 'vms.powerMany'
  | 'snapshots.create'
  | 'snapshots.revert'
  | 'snapshots.delete'
  | 'images.import'
  | 'images.download'

export interface JobRun<M extends JobMethod> {
  /** Starts it; `onEnd` gets the job as it ended well. What goes wrong stands in `error`. */
  readonly run: (input: MethodInput<M>, onEnd: (job: Job) => void) => void
  readonly busy: boolean
  readonly error: unknown
  /** The job that runs or ran; null before. */
  readonly jobId: string | null
}

export function useJob<M extends JobMethod>(method: M): JobRun<M> {
  const connection = useConnection()
  const board = useJobBoard()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [jobId, setJobId] = useState<string | null>(null)
  const run = useCallback(
    (input: MethodInput<M>, onEnd: (job: Job) => void) => {
      const follow = async (): Promise<void> => {
        setBusy(true)
        setError(null)
        try {
          const started = await connection.call(method, input)
          setJobId(started.jobId)
          onEnd(await board.end(started.jobId))
        } catch (failure) {
          setError(failure)
        } finally {
          setBusy(false)
        }
      }
      void follow()
    },
    [connection, board, method],
  )
  return { run, busy, error, jobId }
}
