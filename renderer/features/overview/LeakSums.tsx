// The leak board in small: what leaks, by kind, and what it is worth.
import { Link } from '@tanstack/react-router'
import { leakKinds } from '../../../shared/domain/leaks.ts'
import { Skeleton } from '../../components/EmptyState.tsx'
import { leakLooks } from '../../components/estate/leakLooks.ts'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import { formatSums } from '../../lib/formatMoney.ts'
import { useRead } from '../../lib/queries.ts'

export function LeakSums() {
  const read = useRead('leaks.list', {})
  const rows = read.data?.rows ?? []
  const kinds = leakKinds.flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind)
    return own.length === 0 ? [] : [{ kind, count: own.length, sums: formatSums(own.flatMap((row) => row.money ?? []), '') }]
  })
  const total = formatSums(rows.flatMap((row) => row.money ?? []), '')
  return (
    <Panel
      title="Leaks"
      note={total === '' ? undefined : `${total} a period`}
      actions={
        <Link className="link" to="/leaks">
          Leak board
        </Link>
      }
    >
      <ErrorNotice error={read.error} />
      {read.data === undefined && read.error === null && <Skeleton lines={2} />}
      {read.data !== undefined && kinds.length === 0 && <p className="panel-body muted">Nothing leaks.</p>}
      {kinds.length > 0 && (
        <table className="plain">
          <tbody>
            {kinds.map(({ kind, count, sums }) => (
              <tr key={kind}>
                <td>
                  <Link className="row-link" to="/leaks" search={{ filter: `kind:${kind}` }}>
                    <Tag {...leakLooks[kind]} />
                  </Link>
                </td>
                <td className="end">{count.toLocaleString()}</td>
                <td className="end">{sums === '' ? <span className="faint">–</span> : sums}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
