// `rpc`: a round trip of the typed line (parsed, answered, matched) against a bare round trip over the same kind of port.
import { join, resolve } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import { createClient } from '../../shared/contract/client.ts'
import { clientPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'

const program = join(resolve('.'), 'bench', 'programs', 'rpcThread.ts')
const trips = 3_000
const rounds = 7

export const rows: readonly Row[] = [
  {
    name: 'rpc',
    unit: 'µs',
    goal: 3,
    better: 'lower',
    async measure() {
      const threads: Worker[] = []
      const portTo = (kind: 'echo' | 'worker') => {
        const { port1, port2 } = new MessageChannel()
        const thread = new Worker(program, { workerData: { kind } })
        threads.push(thread)
        thread.postMessage({ port: port2 }, [port2])
        return port1
      }
      const echo = portTo('echo')
      const client = createClient(clientPortTransport(portTo('worker')))
      const bareTrip = (): Promise<void> =>
        new Promise((resolve) => {
          echo.once('message', () => {
            resolve()
          })
          echo.postMessage({ kind: 'request', id: 1, method: 'jobs.list', input: {} })
        })
      const perTripUs = async (trip: () => Promise<unknown>): Promise<number> => {
        const ms = await elapsedMs(async () => {
          for (let index = 0; index < trips; index += 1) await trip()
        })
        return (ms * 1_000) / trips
      }
      try {
        await Promise.all([bareTrip(), client.call('jobs.list', {})])
        return await inTurns(rounds, () => perTripUs(() => client.call('jobs.list', {})), () => perTripUs(bareTrip))
      } finally {
        client.close()
        echo.close()
        await Promise.all(threads.map((thread) => thread.terminate()))
      }
    },
  },
]
