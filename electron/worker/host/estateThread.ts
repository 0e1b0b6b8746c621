// The demo's thread: the simulated estate, apart from the worker that looks at it over real HTTP.
import { parentPort, workerData } from 'node:worker_threads'
import { startEstate } from '../../../demo/estate.ts'

/** What the worker is told about the estate: what an operator would be given. */
export interface EstateConnection {
  readonly nodes: readonly { readonly name: string; readonly url: string; readonly key: string }[]
  readonly billing: { readonly url: string; readonly token: string }
  readonly controlUrl: string
}

const clockEveryMs = 50
/** A smaller difference is the two clocks being read one after the other. */
const clockSlackMs = 20

/** Starts the estate and keeps telling, in `aheadMs[0]`, by how much its clock is ahead: the demo's worker lives in the same time. */
async function run(aheadMs: Float64Array): Promise<void> {
  const estate = await startEstate({ runNightlyJobs: true })
  setInterval(() => {
    const ahead = estate.clock.now() - Date.now()
    if (Math.abs(ahead - (aheadMs[0] ?? 0)) > clockSlackMs) aheadMs[0] = ahead
  }, clockEveryMs)
  const connection: EstateConnection = { ...estate.connect, controlUrl: estate.control.url }
  parentPort?.postMessage(connection, [])
}

void run(new Float64Array(workerData as SharedArrayBuffer))
