// A process that syncs, or fetches and parses the same pages, and tells the most memory that it ever held. One question, one answer.
import { readFileSync } from 'node:fs'
import { fetchAndParse } from '../bareLoop.ts'
import { syncOnce } from '../syncOnce.ts'

export interface PeakQuestion {
  readonly billing: { readonly url: string; readonly token: string }
  /** The pages of the bare loop; null: sync. */
  readonly paths: readonly string[] | null
}

/** The greatest resident set size of this very program; the kernel's other figure counts the process that started it too. */
function peakMiB(): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1_024
}

process.on('message', ({ billing, paths }: PeakQuestion) => {
  const work: Promise<unknown> = paths === null ? syncOnce(billing, { kind: 'full' }) : fetchAndParse(billing, paths)
  work.then(
    () => process.send?.({ peakMiB: peakMiB() }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
