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
import { Connection } from './lib/connection.ts'
import { JobBoard } from './lib/jobs.ts'
import { supplyLines } from './lib/line.ts'
import { createQueryClient } from './lib/queries.ts'

const connection = new Connection()
const queryClient = createQueryClient(connection)
const jobBoard = new JobBoard(connection)
supplyLines(connection)

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root element')
createRoot(root).render(<App connection={connection} queryClient={queryClient} jobBoard={jobBoard} />)
