// `npm run bench`: every row of bench/rows/ with its ratio to a baseline of the same run. `-- --only NAME` one row, `-- --json FILE` all as JSON.
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createServer, type ViteDevServer } from 'vite'
import { isMet, resultOf, type Row, type RowResult } from '../bench/row.ts'
import { ensureBuilt } from './build.ts'
import { prepare } from './prepare.ts'
import { root } from './requirements.ts'

const help = `npm run bench                     every row
npm run bench -- --only NAME      one row
npm run bench -- --json FILE      the results as JSON too
`

process.exitCode = await main()

async function main(): Promise<number> {
  let options: { only?: string; json?: string }
  try {
    options = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    return 2
  }
  const prepared = prepare(['electron', 'display', 'qemu'])
  for (const problem of prepared.problems) process.stderr.write(`${problem}\n`)
  if (prepared.problems.length > 0) return 1
  const [virtual, ...prefix] = prepared.displayPrefix ?? []
  if (virtual !== undefined) {
    // Windows are measured too: the whole bench runs on a display of its own.
    return spawnSync(virtual, [...prefix, process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' }).status ?? 1
  }
  ensureBuilt(['main', 'preload', 'renderer'], say)
  // The rows' modules are loaded as the tests load theirs: by Vite, which knows how the sources import one another. Some import more later.
  const server = await createServer({ root, configFile: false, logLevel: 'error', appType: 'custom', server: { middlewareMode: true, watch: null, hmr: false } })
  try {
    return await runRows(await loadRows(server, options.only), options)
  } finally {
    await server.close()
  }
}

async function runRows(rows: readonly Row[], options: { only?: string; json?: string }): Promise<number> {
  if (rows.length === 0) {
    process.stderr.write(`There is no row “${options.only ?? ''}”.\n\n${help}`)
    return 2
  }
  const results: RowResult[] = []
  let failed = 0
  for (const row of rows) {
    say(`${row.name} …`)
    try {
      const result = resultOf(row, await row.measure((line) => say(`  ${line}`)))
      results.push(result)
      process.stdout.write(`${lineOf(result)}\n`)
    } catch (error) {
      failed += 1
      process.stdout.write(`FAIL  ${row.name.padEnd(24)} ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`)
  return failed === 0 ? 0 : 1
}

async function loadRows(server: ViteDevServer, only: string | undefined): Promise<Row[]> {
  const folder = join(root, 'bench', 'rows')
  const rows: Row[] = []
  for (const file of readdirSync(folder).sort()) {
    const module = (await server.ssrLoadModule(join(folder, file))) as { rows: readonly Row[] }
    rows.push(...module.rows)
  }
  return only === undefined ? rows : rows.filter((row) => row.name === only)
}

function lineOf(result: RowResult): string {
  const held = result.ratio === null ? `${figure(result.value)} ${result.unit}` : `${result.ratio.toFixed(2)} × (${figure(result.value)} to ${figure(result.baseline ?? 0)} ${result.unit})`
  const goal = `${result.better === 'lower' ? 'at most' : 'at least'} ${result.goal}`
  return `${isMet(result) ? 'ok  ' : 'MISS'}  ${result.name.padEnd(24)} ${held}, goal ${goal}`
}

function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 3 : 1 })
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
