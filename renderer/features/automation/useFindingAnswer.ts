// Answers one finding with a way out that the console can take itself, and waits for its end.
import { useCallback } from 'react'
import { useJobBoard } from '../../lib/jobs.ts'
import { useOperatorName } from '../../lib/operator.ts'
import { useConnection } from '../../lib/queries.ts'
import type { ClickableAction, FindingRow } from './findingWords.ts'

/** Throws what the worker refused, or why the job did not end well. */
export function useFindingAnswer(): (finding: FindingRow, action: ClickableAction) => Promise<void> {
  const connection = useConnection()
  const board = useJobBoard()
  const [by] = useOperatorName()
  return useCallback(
    async (finding, action) => {
      const { serviceId, key } = finding
      if (action === 'answer') {
        await connection.call('automation.answerFinding', { key, ...(by.trim() === '' ? {} : { by: by.trim() }) })
        return
      }
      if (serviceId === null) throw new Error('This finding is not about one service.')
      if (action === 'cover') {
        await connection.call('links.cover', { serviceId })
        return
      }
      if (action === 'remove-link') {
        await connection.call('links.remove', { serviceId })
        return
      }
      const link = (await connection.call('links.list', {})).find((known) => known.serviceId === serviceId)
      if (link === undefined) throw new Error('Its service is not linked any more.')
      const { jobId } = await connection.call('vms.power', { nodeId: link.nodeId, uuid: link.uuid, action })
      await board.end(jobId)
    },
    [connection, board, by],
  )
}
