// What stands in place of the screens until the worker has first answered, or when it will not.
import { Loader } from '@mantine/core'
import { ErrorNotice, Note } from '../components/Note.tsx'
import type { LineState } from '../lib/connection.ts'
import { Brand } from './Brand.tsx'

export function LineNotice({ line, error }: { readonly line: LineState; readonly error: unknown }) {
  return (
    <main className="welcome">
      <div className="welcome-narrow stack">
        <div className="row strong">
          <Brand sizePx={24} /> Flint Console
        </div>
        {line === 'refused' ? (
          <Note tone="bad" title="This page’s session has ended">
            <p>
              The worker answers, but it does not know this page. Open the address that <code className="mono">serve</code> prints; each
              address works once.
            </p>
          </Note>
        ) : error !== null && line === 'open' ? (
          <ErrorNotice error={error} />
        ) : (
          <div className="row muted" role="status">
            <Loader size={14} /> {line === 'lost' ? 'Worker is restarting' : 'Starting the worker'}
          </div>
        )}
      </div>
    </main>
  )
}
