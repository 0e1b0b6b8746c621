// Suggested links: every fit with its reason; the obvious ones can be confirmed together.
import { IconCircleCheck, IconHelpCircle } from '@tabler/icons-react'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Tag } from '../../components/Tag.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

const shownRows = 200

export function Suggestions({ close }: { readonly close: () => void }) {
  const read = useRead('links.suggest', {})
  const confirm = useAct('links.confirm')
  const confirmAll = useAct('links.confirmObvious')
  const rows = [...(read.data ?? [])].sort((a, b) => Number(b.obvious) - Number(a.obvious) || a.serviceId - b.serviceId)
  const obvious = rows.filter((row) => row.obvious).length
  return (
    <div className="stack">
      <p className="muted">
        A link says which VM a service pays for. Automation uses only links that you have confirmed. Obvious: the name fits, and nothing
        else fits either of them.
      </p>
      <ErrorNotice error={read.error ?? confirm.error ?? confirmAll.error} />
      {read.data === undefined && read.error === null && <Skeleton />}
      {read.data !== undefined && rows.length === 0 && (
        <EmptyState icon={IconCircleCheck} title="Nothing to confirm">
          Every service that fits a VM is linked. Others can be linked by hand: open a service, choose its VM.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <ul className="dialog-list tall" tabIndex={0} aria-label="Suggestions">
          {rows.slice(0, shownRows).map((row) => (
            <li key={`${String(row.serviceId)}/${row.nodeId}/${row.uuid}`}>
              {row.obvious ? (
                <Tag tone="ok" icon={IconCircleCheck} word="obvious" />
              ) : (
                <Tag tone="warn" icon={IconHelpCircle} word="look" />
              )}
              <span className="suggestion">
                <span className="row">
                  <span className="mono">#{row.serviceId}</span>
                  <span className="cut">
                    <MiddleCut text={row.customerName ?? 'unknown customer'} />
                  </span>
                  <span className="faint">→</span>
                  <span className="cut strong">
                    <MiddleCut text={`${row.node}/${row.name}`} />
                  </span>
                </span>
                <span className="muted small">{row.reason}</span>
              </span>
              <span className="push">
                <Button
                  aria-label={`Confirm service ${String(row.serviceId)} with ${row.name.slice(0, 80)}`}
                  busy={confirm.isPending && confirm.variables.serviceId === row.serviceId && confirm.variables.uuid === row.uuid}
                  onClick={() => {
                    confirm.mutate({ serviceId: row.serviceId, nodeId: row.nodeId, uuid: row.uuid })
                  }}
                >
                  Confirm
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {rows.length > shownRows && <p className="muted">{count(rows.length - shownRows, 'more suggestion')} after these.</p>}
      <div className="dialog-actions">
        <Button onClick={close}>Close</Button>
        {rows.length > 0 && (
          <Button
            kind="primary"
            busy={confirmAll.isPending}
            disabled={obvious === 0}
            onClick={() => {
              confirmAll.mutate(
                {},
                {
                  onSuccess: (confirmed) => {
                    tellDone(`${count(confirmed.length, 'link')} confirmed`)
                  },
                },
              )
            }}
          >
            Confirm all obvious ({obvious})
          </Button>
        )}
      </div>
    </div>
  )
}
