// Puts a PDF beside each month's report that the worker has saved by itself.
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../../shared/contract/client.ts'
import type { Client } from '../../shared/contract/client.ts'
import { clientPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { pdfOf } from './paper.ts'
import type { WorkerHost } from './workerHost.ts'

const pageName = 'report.html'
const pdfName = 'report.pdf'

/** Follows the worker over a line of the shell's own. What cannot be printed is told to `onProblem`, and tried at the next start. */
export function followSavedReports(host: WorkerHost, onProblem: (message: string) => void): void {
  let last = Promise.resolve()
  host.onStart(() => {
    const port = host.openLine()
    if (port === null) return
    const client = createClient(clientPortTransport(port))
    const look = (): void => {
      // One after the other: two windows at once would print the same report twice.
      last = last.then(() => printMissing(client)).catch((error: unknown) => {
        onProblem(error instanceof Error ? error.message : String(error))
      })
    }
    client.on('changed', ({ topics }) => {
      if (topics.includes('reports')) look()
    })
    look()
  })
}

async function printMissing(client: Client): Promise<void> {
  for (const { folder, files } of await client.call('reports.saved', {})) {
    const pdf = join(folder, pdfName)
    if (!files.includes(pageName) || existsSync(pdf)) continue
    await writeFile(`${pdf}.part`, await pdfOf(await readFile(join(folder, pageName), 'utf8')), { mode: 0o600 })
    await rename(`${pdf}.part`, pdf)
  }
}
