// `npm run demo`: opens the app on the simulated estate; in a browser where there is no Electron or display; `-- --once` tells the story on the terminal.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { electronStart } from './electronStart.ts'
import { prepare } from './prepare.ts'
import type { Prepared } from './prepare.ts'
import { hasDisplay, root } from './requirements.ts'

const help = `npm run demo                the app on a simulated estate: three Flint nodes and a Paymenter
npm run demo -- --browser   the same in a browser
npm run demo -- --once      the main job on one customer, told line by line; needs neither Electron nor a display
`

/** An app that ends with an error so soon has not been used: the browser is tried instead. */
const startFailureMs = 15_000

process.exitCode = await main()

async function main(): Promise<number> {
  let options: { once?: boolean; browser?: boolean; help?: boolean }
  try {
    options = parseArgs({ options: { once: { type: 'boolean' }, browser: { type: 'boolean' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    return 2
  }
  if (options.help === true) {
    process.stdout.write(help)
    return 0
  }
  const prepared = prepare(options.once === true || options.browser === true ? [] : ['electron', 'display'])
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: ['ignore', 2, 2] })
  if (built.status !== 0) return 1
  if (options.once === true) {
    const { demoOnce } = await import('./demoOnce.ts')
    return (await demoOnce()) ? 0 : 1
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'flint-console-demo-'))
  try {
    return options.browser === true ? await openBrowserMode(dataDir) : await openApp(prepared, dataDir)
  } finally {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}

async function openApp(prepared: Prepared, dataDir: string): Promise<number> {
  if (prepared.electron === null || prepared.displayPrefix === null) {
    for (const problem of prepared.problems) say(problem)
    say('The window cannot be opened here; the same app opens in a browser instead.')
    return openBrowserMode(dataDir)
  }
  if (!hasDisplay()) say('This machine has no display: the window opens on a virtual one, where nobody sees it. To see the app: npm run demo -- --browser')
  const start = electronStart(prepared.electron, prepared.displayPrefix, [root])
  if (start.withoutSandbox) say("Running as root: Chromium's sandbox cannot be used here.")
  say('Opening the demo. Close the window or press Ctrl-C to end it.')
  const startedAt = performance.now()
  const code = await runUntilEnd(start.command, start.parameters, { ...start.environment, FLINT_CONSOLE_DATA_DIR: dataDir, FLINT_CONSOLE_DEMO: '1' })
  if (code === 0 || performance.now() - startedAt > startFailureMs) return code
  say(`The app ended at once (${code}); the same app opens in a browser instead.`)
  return openBrowserMode(dataDir)
}

function openBrowserMode(dataDir: string): Promise<number> {
  const cli = join(root, 'out', 'main', 'cli.cjs')
  return runUntilEnd(process.execPath, [cli, '--data-dir', dataDir, 'serve'], { ...process.env, FLINT_CONSOLE_DEMO: '1' })
}

/** Runs a program in the foreground; Ctrl-C reaches it, and ends it well. */
function runUntilEnd(command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(command, parameters, { stdio: 'inherit', env: environment })
  let interrupted = false
  const passOn = (signal: NodeJS.Signals): void => {
    interrupted = true
    child.kill(signal)
  }
  process.on('SIGINT', passOn).on('SIGTERM', passOn)
  return new Promise((resolve) => {
    child.once('error', (error) => {
      say(error.message)
      resolve(1)
    })
    child.once('exit', (code) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn)
      resolve(interrupted ? 0 : (code ?? 1))
    })
  })
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
