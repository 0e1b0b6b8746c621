// Runs the command line from the source tree: builds it first when it must, quietly, then becomes it.
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { ensureBuilt } from './build.ts'

const needed = process.argv.includes('serve') ? (['main', 'renderer'] as const) : (['main'] as const)

try {
  ensureBuilt(needed, (line) => process.stderr.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
const program = join(resolve(import.meta.dirname, '..'), 'out', 'main', 'cli.cjs')
process.argv[1] = program
createRequire(import.meta.url)(program)
