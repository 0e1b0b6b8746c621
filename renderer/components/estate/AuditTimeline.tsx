// What happened to one service and its VM, newest first, from the record.
import { useRead } from '../../lib/queries.ts'
import { actionWords } from '../../lib/words.ts'
import { Instant } from '../Age.tsx'
import { ErrorNotice } from '../Note.tsx'

const shownEntries = 30

export function AuditTimeline({ serviceId }: { readonly serviceId: number }) {
  const audit = useRead('audit.list', { serviceId, limit: 200 })
  if (audit.error !== null) return <ErrorNotice error={audit.error} />
  const entries = [...(audit.data ?? [])].sort((a, b) => b.seq - a.seq).slice(0, shownEntries)
  if (entries.length === 0)
    return <p className="panel-body muted">{audit.data === undefined ? 'Reading the record' : 'Nothing is recorded yet.'}</p>
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <Instant at={entry.at} />
          <span>
            {actionWords(entry.action)}
            {entry.why !== '' && <span className="muted"> · {entry.why}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
