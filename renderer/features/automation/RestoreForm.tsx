// Takes a termination back: says what happens to which VM of whom, asks why and for how many days, follows the start to its end.
import { NumberInput, Textarea } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { useJobBoard, useJobs } from '../../lib/jobs.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import type { VaultRow } from './vaultState.ts'

const usualDays = 3

function wasVerified(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'verified' in result && result.verified === true
}

interface RestoreFormProps {
  readonly row: VaultRow
  readonly customer: string | null
  readonly close: () => void
}

export function RestoreForm({ row, customer, close }: RestoreFormProps) {
  const [why, setWhy] = useState('')
  const [days, setDays] = useState<number | string>(usualDays)
  const [followed, setFollowed] = useState<string | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const restore = useAct('vault.restore')
  const board = useJobBoard()
  const job = useJobs().find((one) => one.id === followed)
  const valid = typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= 365
  const isBusy = restore.isPending || (followed !== null && failed === null)
  // A closed dialog tells the end in the corner.
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
    }
  }, [])
  const follow = async (jobId: string): Promise<void> => {
    setFollowed(jobId)
    try {
      const ended = await board.end(jobId)
      const seen = wasVerified(ended.result) ? 'it was seen running' : 'it was not yet seen running'
      tellDone(`Restored: ${row.name}`, `Its termination is taken back; ${seen}.`)
      close()
    } catch (error) {
      if (isShown.current) setFailed(error)
      else tellFailure(`Restoring ${row.name}`, error)
    }
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (!valid || isBusy) return
        setFailed(null)
        restore.mutate(
          { nodeId: row.nodeId, uuid: row.uuid, days, ...(why.trim() === '' ? {} : { why: why.trim() }) },
          {
            onSuccess: ({ jobId }) => {
              void follow(jobId)
            },
          },
        )
      }}
    >
      <p className="wrap">
        <bdi className="strong">{row.name}</bdi> on {row.node ?? row.nodeId}, of{' '}
        <bdi className="strong">{customer ?? `service #${String(row.serviceId)}`}</bdi>. Its termination is taken back, its purge is
        cancelled, and it is started. The final snapshot {row.snapshotName} stays.
      </p>
      <Note tone="off">
        <p>Where it is not paid, it is left running for some days, as a hold. Then, still unpaid, it is suspended again.</p>
      </Note>
      <NumberInput
        label="Leave it running for so many days"
        min={1}
        max={365}
        allowDecimal={false}
        value={days}
        data-autofocus
        disabled={isBusy}
        onChange={setDays}
      />
      <Textarea
        label="Why"
        description="Kept in the record"
        autosize
        minRows={2}
        maxLength={500}
        value={why}
        disabled={isBusy}
        onChange={(event) => {
          setWhy(event.currentTarget.value)
        }}
      />
      <ErrorNotice error={restore.error ?? failed} />
      {failed !== null && followed !== null && (
        <Note tone="warn" title="The termination is taken back, but the VM did not start.">
          <p>Start it again from its own page; it is not purged any more.</p>
        </Note>
      )}
      <div className="dialog-actions">
        <span className="muted push" role="status">
          {isBusy ? (job?.label ?? 'Asked the node') : ''}
        </span>
        <Button onClick={close}>{isBusy || failed !== null ? 'Close' : 'Cancel'}</Button>
        <Button kind="primary" type="submit" busy={isBusy} disabled={!valid || followed !== null}>
          Restore
        </Button>
      </div>
    </form>
  )
}
