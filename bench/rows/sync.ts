// Billing syncs against a bare loop over the same pages, at the real server's pace: time, memory at the peak, and requests when nothing is new.
import { EstateProcess } from '../estateProcess.ts'
import { fetchAndParse } from '../bareLoop.ts'
import { buildPeakProgram, peakMiB } from '../peakProcess.ts'
import { elapsedMs, inTurns, median, type Row } from '../row.ts'
import { syncOnce } from '../syncOnce.ts'

/** 500 rows take a real Paymenter 0.3 s. */
const realPace = 500 / 0.3
const small = { customers: 400, vms: 300, invoices: 6_000 } as const
/** About 3,000 services come of so many VMs and invoices. */
const large = { customers: 2_000, vms: 2_150, invoices: 50_000, nodes: 20 } as const

/** The pages that were asked for since they were forgotten. */
async function pagesAsked(estate: EstateProcess): Promise<string[]> {
  return (await estate.requests()).filter((asked) => asked.method === 'GET' && /[?&]page=/.test(asked.path)).map((asked) => asked.path)
}

async function compare(estate: EstateProcess, rounds: number, tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  const { billing } = estate.connect
  let paths: string[] = []
  const sync = async (): Promise<number> => {
    const { ms, result } = await syncOnce(billing, { kind: 'full', before: async () => estate.forgetRequests() })
    paths = await pagesAsked(estate)
    tell(`${paths.length} pages, ${result.rows['services'] ?? 0} services, ${result.rows['invoices'] ?? 0} invoices in ${Math.round(ms)} ms`)
    return ms
  }
  const bare = async (): Promise<number> => elapsedMs(async () => fetchAndParse(billing, paths))
  // The first sync also tells which pages the bare loop is to read.
  const first = await sync()
  if (rounds === 1) return { value: first, baseline: await bare() }
  return inTurns(rounds, sync, bare)
}

export const rows: readonly Row[] = [
  {
    name: 'sync-full',
    unit: 'ms',
    goal: 1.1,
    better: 'lower',
    async measure(tell) {
      await using estate = await EstateProcess.start({ ...small, rowsPerSecond: realPace, listDelayMs: 0 })
      return await compare(estate, 3, tell)
    },
  },
  {
    name: 'sync-full-large',
    unit: 'ms',
    goal: 1.1,
    better: 'lower',
    async measure(tell) {
      await using estate = await EstateProcess.start({ ...large, rowsPerSecond: realPace, listDelayMs: 0 })
      return await compare(estate, 1, tell)
    },
  },
  {
    name: 'sync-incremental-requests',
    unit: 'requests a resource',
    goal: 2,
    better: 'lower',
    async measure(tell) {
      await using estate = await EstateProcess.start({ ...small, listDelayMs: 0 })
      await syncOnce(estate.connect.billing, { kind: 'incremental', before: async () => estate.forgetRequests() })
      const asked = new Map<string, number>()
      for (const path of await pagesAsked(estate)) {
        const resource = /\/admin\/([a-z-]+)/.exec(path)?.[1] ?? path
        asked.set(resource, (asked.get(resource) ?? 0) + 1)
      }
      tell([...asked].map(([resource, requests]) => `${resource} ${requests}`).join(', '))
      return { value: Math.max(...asked.values()), baseline: null }
    },
  },
  {
    name: 'sync-memory',
    unit: 'MiB',
    goal: 1.5,
    better: 'lower',
    async measure(tell) {
      await buildPeakProgram()
      // Faster than a real server: less time for either to clean up after itself.
      await using estate = await EstateProcess.start({ ...large, rowsPerSecond: realPace * 5, listDelayMs: 0 })
      const { billing } = estate.connect
      const synced: number[] = []
      const bare: number[] = []
      for (let round = 0; round < 2; round += 1) {
        await estate.forgetRequests()
        synced.push(await peakMiB({ billing, paths: null }))
        bare.push(await peakMiB({ billing, paths: await pagesAsked(estate) }))
        tell(`${Math.round(synced.at(-1) ?? 0)} against ${Math.round(bare.at(-1) ?? 0)} MiB`)
      }
      return { value: median(synced), baseline: median(bare) }
    },
  },
]
