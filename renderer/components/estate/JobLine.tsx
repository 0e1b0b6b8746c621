// A job's progress in one line, with a way to cancel it.
import { useJobs } from '../../lib/jobs.ts'
import { formatBytes } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { Button } from '../Button.tsx'
import { Note } from '../Note.tsx'

export function JobLine({ jobId, inBytes = false }: { readonly jobId: string | null; readonly inBytes?: boolean }) {
  const job = useJobs().find((one) => one.id === jobId)
  const cancel = useAct('jobs.cancel')
  if (job?.state !== 'running') return null
  const show = (amount: number): string => (inBytes ? formatBytes(amount) : amount.toLocaleString())
  const of = job.done === 0 ? '' : job.total === null ? ` · ${show(job.done)}` : ` · ${show(job.done)} of ${show(job.total)}`
  return (
    <div role="status">
      <Note
        tone="accent"
        title={`${job.label}${of}`}
        action={
          <Button
            busy={cancel.isPending}
            onClick={() => {
              cancel.mutate({ id: job.id })
            }}
          >
            Cancel
          </Button>
        }
      />
    </div>
  )
}
