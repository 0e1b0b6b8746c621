// Asks a new process how much memory a sync, or the bare loop, takes at its peak. Both run the same built program, so that only the work differs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import type { PeakQuestion } from './programs/syncPeak.ts'

const root = resolve('.')
const outDir = join(root, 'out', 'bench')

/** Builds the program; plain Node cannot load the migrations. */
export async function buildPeakProgram(): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join('bench', 'programs', 'syncPeak.ts'),
      outDir,
      emptyOutDir: false,
      target: 'node24',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
}

/** The greatest resident set size of the process, in MiB. */
export async function peakMiB(question: PeakQuestion): Promise<number> {
  const child = fork(join(outDir, 'syncPeak.mjs'), [], { execArgv: [] })
  try {
    child.send(question)
    const [answer] = (await once(child, 'message')) as [{ peakMiB?: number; error?: string }]
    if (answer.peakMiB === undefined) throw new Error(answer.error ?? 'the process told nothing')
    return answer.peakMiB
  } finally {
    child.disconnect()
    if (child.exitCode === null) await once(child, 'exit')
  }
}
