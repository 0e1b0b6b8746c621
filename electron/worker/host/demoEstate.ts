// The demo's estate as the worker holds it: started in a thread, ended with it, and its clock.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../context.ts'
import type { EstateConnection } from './estateThread.ts'
import { programFile } from './programFile.ts'

export interface DemoEstate extends EstateConnection {
  readonly clock: Clock
  stop(): Promise<void>
}

/** Starts the simulated estate on free loopback ports. */
export async function startDemoEstate(): Promise<DemoEstate> {
  const shared = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const aheadMs = new Float64Array(shared)
  const thread = new Worker(programFile('estate'), { workerData: shared })
  const [connection] = (await once(thread, 'message')) as [EstateConnection]
  return {
    ...connection,
    clock: { now: () => Math.round(Date.now() + (aheadMs[0] ?? 0)) },
    stop: async () => {
      await thread.terminate()
    },
  }
}
