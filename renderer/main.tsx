// Starts the screens: the nonce first, then the line to the worker, then React.
import './lib/nonce.ts'
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './app/mantine.css'
import './app/tokens.css'
import './app/base.css'
import './app/frame.css'
import './app/mantine-theme.css'
import './components/components.css'
import './components/table/table.css'
import './components/billing/billing.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { tellThroughBrowser } from './lib/browserNotices.ts'
import { Connection } from './lib/connection.ts'
import { JobBoard } from './lib/jobs.ts'
import { supplyLines } from './lib/line.ts'
import { createQueryClient, readOf } from './lib/queries.ts'

const patienceMs = 150

const connection = new Connection()
const queryClient = createQueryClient(connection)
const jobBoard = new JobBoard(connection)
supplyLines(connection)
tellThroughBrowser(connection)

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root element')
void begin(root)

/** What the worker says first decides what is shown; it mostly comes at once. A notice that it is awaited would only flash. */
async function begin(place: HTMLElement): Promise<void> {
  const patience = new Promise<void>((resolve) => {
    window.setTimeout(resolve, patienceMs)
  })
  await Promise.race([queryClient.prefetchQuery(readOf(connection, 'system.status', {})), patience])
  createRoot(place).render(<App connection={connection} queryClient={queryClient} jobBoard={jobBoard} />)
}
