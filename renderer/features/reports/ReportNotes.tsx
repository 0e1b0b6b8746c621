// What belongs under every report: what is reconstructed, what was converted, what was left out.
import { Note } from '../../components/Note.tsx'
import { count } from '../../lib/formatSize.ts'
import type { About } from './useReports.ts'

export function ReportNotes({ about, extra = [] }: { readonly about: About; readonly extra?: readonly string[] }) {
  const { rates, recordedSince, leftOut } = about
  return (
    <div className="report-notes">
      {rates !== null && (
        <Note tone="warn" title="Converted at your own rates">
          <p>
            {Object.entries(rates.rates)
              .map(([currency, rate]) => `1 ${currency} = ${rate} ${rates.base}`)
              .join(' · ')}
          </p>
        </Note>
      )}
      <p className="muted">
        {recordedSince === null
          ? 'There is no daily record yet: everything is reconstructed from paid invoices.'
          : `Services are recorded daily since ${recordedSince}; what is older, and missing days, are reconstructed from paid invoices.`}
      </p>
      {extra.map((line) => (
        <p className="muted" key={line}>
          {line}
        </p>
      ))}
      {leftOut.length > 0 && (
        <details className="left-out">
          <summary>
            {count(
              leftOut.reduce((sum, entry) => sum + entry.count, 0),
              'row',
            )}{' '}
            left out, or taken in part
          </summary>
          <ul>
            {leftOut.map((entry) => (
              <li key={entry.reason}>
                <b>{entry.count.toLocaleString()}</b> {entry.message}{' '}
                <span className="muted">
                  {[...entry.services.map((id) => `service ${String(id)}`), ...entry.invoices.map((id) => `invoice ${String(id)}`)]
                    .slice(0, 40)
                    .join(', ')}
                  {entry.count > 40 && ' …'}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
