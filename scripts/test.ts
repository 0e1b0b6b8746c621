// `npm test`: everything, in order, with one count at the end: types, lint, build, Vitest, Playwright in Electron and Chromium, the packaged app.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare, type Prepared } from './prepare.ts'
import { root } from './requirements.ts'

const help = `npm test                    everything
npm test -- --only NAME     one step: types, lint, build, vitest, e2e, package
`

interface Count {
  readonly passed: number
  readonly failed: number
}

interface Step {
  readonly name: string
  readonly run: (prepared: Prepared) => Count
}

const reports = join(root, 'test-results')
const tool = (...path: string[]) => join(root, 'node_modules', ...path)

const steps: readonly Step[] = [
  { name: 'types', run: () => check([tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']) },
  { name: 'lint', run: () => check([tool('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings']) },
  { name: 'build', run: () => check([join(root, 'scripts', 'build.ts')]) },
  { name: 'vitest', run: runVitest },
  { name: 'e2e', run: (prepared) => runPlaywright(prepared, ['electron', 'chromium']) },
  {
    name: 'package',
    run: (prepared) => {
      const made = check([join(root, 'scripts', 'package.ts')])
      return made.failed > 0 ? made : add(made, runPlaywright(prepared, ['packaged']))
    },
  },
]

process.exitCode = main()

function main(): number {
  let only: string | undefined
  try {
    only = parseArgs({ options: { only: { type: 'string' } } }).values.only
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    return 2
  }
  const chosen = only === undefined ? steps : steps.filter((step) => step.name === only)
  if (chosen.length === 0) {
    process.stderr.write(`There is no step “${only ?? ''}”.\n\n${help}`)
    return 2
  }
  const prepared = prepare(['electron', 'display', 'browser', 'secret-service', 'qemu', 'ssh', 'pdf'])
  for (const problem of prepared.problems) process.stderr.write(`${problem}\n`)
  if (prepared.problems.length > 0) return 1

  mkdirSync(reports, { recursive: true })
  let total: Count = { passed: 0, failed: 0 }
  for (const step of chosen) {
    process.stdout.write(`\n── ${step.name}\n`)
    const count = step.run(prepared)
    process.stdout.write(`── ${step.name}: ${count.passed} passed, ${count.failed} failed\n`)
    total = add(total, count)
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  return total.failed === 0 && total.passed > 0 ? 0 : 1
}

function add(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed }
}

function run(command: readonly string[], environment: NodeJS.ProcessEnv = {}): boolean {
  const [program = process.execPath, ...parameters] = command
  return spawnSync(program, parameters, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } }).status === 0
}

/** A program of ours or of a tool, run by this Node; it counts as one test. */
function check(script: readonly string[]): Count {
  return run([process.execPath, ...script]) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** A runner that failed without a failed test (a file that does not load, a report that was not written) counts as one failure. */
function counted(succeeded: boolean, count: Count): Count {
  return !succeeded && count.failed === 0 ? { ...count, failed: 1 } : count
}

function report(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  } catch {
    return {}
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function runVitest(): Count {
  const output = join(reports, 'vitest.json')
  rmSync(output, { force: true })
  const succeeded = run([process.execPath, tool('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`])
  const result = report(output)
  // A skipped test proves nothing: it counts as failed.
  return counted(succeeded, { passed: number(result['numPassedTests']), failed: number(result['numFailedTests']) + number(result['numPendingTests']) })
}

function runPlaywright(prepared: Prepared, projects: readonly string[]): Count {
  const output = join(reports, `playwright-${projects.join('-')}.json`)
  rmSync(output, { force: true })
  const command = [...(prepared.displayPrefix ?? []), process.execPath, tool('@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json']
  const succeeded = run([...command, ...projects.map((project) => `--project=${project}`)], { PLAYWRIGHT_JSON_OUTPUT_FILE: output })
  const stats = (report(output)['stats'] ?? {}) as Record<string, unknown>
  return counted(succeeded, { passed: number(stats['expected']), failed: number(stats['unexpected']) + number(stats['flaky']) + number(stats['skipped']) })
}
