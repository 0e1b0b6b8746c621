// Starts the whole app for a test, in Electron, packaged, or as browser mode in Chromium, and lets the test treat them alike.
import { _electron, chromium } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { chromiumFlags, electronEnvironment } from '../../scripts/electronStart.ts'
import { packagedExecutable } from '../../scripts/packagedApp.ts'
import { chromiumExecutable, electronRuntime, root } from '../../scripts/requirements.ts'
import { until } from '../helpers/until.ts'

export type Host = 'electron' | 'chromium' | 'packaged'

export interface AppStart {
  readonly host: Host
  readonly dataDir: string
  /** The D-Bus session with the keyring, and whatever else the app shall find in its environment. */
  readonly environment: NodeJS.ProcessEnv
}

export interface RunningApp {
  readonly host: Host
  readonly page: Page
  readonly dataDir: string
  /** Errors on the page's console, uncaught ones, and violations of the content security policy. */
  readonly complaints: string[]
  /** Electron's own handle; null in browser mode. */
  readonly electron: ElectronApplication | null
  workerPid(): number
  /** Sees to it that a worker that was killed comes back: the shell does so by itself, `serve` is started again by hand. */
  revive(): Promise<void>
  /** Loads the page anew, as far as the host lets it. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** The worker's own process, from its log. */
function workerPid(dataDir: string): number {
  const log = readFileSync(join(dataDir, 'logs', 'worker.log'), 'utf8').trimEnd().split('\n').at(-1) ?? ''
  const pid = /"pid":(\d+)/.exec(log)?.[1]
  if (pid === undefined) throw new Error('the worker’s log names no process')
  return Number(pid)
}

function collectComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => {
    complaints.push(error.message)
  })
  return complaints
}

export async function startApp(start: AppStart): Promise<RunningApp> {
  switch (start.host) {
    case 'chromium':
      return startBrowserMode(start)
    case 'electron':
      return startElectron(start)
    case 'packaged':
      return startPackaged(start)
  }
}

/** From the source tree. Playwright finds the runtime by itself and then holds the app back until it is attached to it. */
async function startElectron({ host, dataDir, environment }: AppStart): Promise<RunningApp> {
  const { runtime, why } = electronRuntime()
  if (runtime === null) throw new Error(`Electron cannot be used: ${why}`)
  const electron = await _electron.launch({
    args: [...chromiumFlags(false), root],
    cwd: root,
    env: definedOnly({ ...electronEnvironment(runtime), ...environment, FLINT_CONSOLE_DATA_DIR: dataDir, FLINT_CONSOLE_VALIDATE: '1' }),
  })
  const page = await electron.firstWindow()
  const complaints = collectComplaints(page)
  return {
    host,
    page,
    dataDir,
    complaints,
    electron,
    workerPid: () => workerPid(dataDir),
    revive: () => Promise.resolve(),
    reload: async () => {
      await page.reload()
    },
    close: () => electron.close(),
  }
}

/** The unpacked app as an operator would start it; Playwright comes in through the debugging port once the window is there. */
async function startPackaged({ host, dataDir, environment }: AppStart): Promise<RunningApp> {
  const { runtime, why } = electronRuntime()
  if (runtime === null) throw new Error(`Electron cannot be used: ${why}`)
  const child = spawn(packagedExecutable(), [...chromiumFlags(false), '--remote-debugging-port=0'], {
    env: { ...electronEnvironment(runtime), ...environment, FLINT_CONSOLE_DATA_DIR: dataDir, FLINT_CONSOLE_VALIDATE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const debuggingUrl = await firstMatch(child, child.stderr, /DevTools listening on (ws:\/\/\S+)/)
  const { host: debuggingHost } = new URL(debuggingUrl)
  await until('the packaged app shows its window', async () => (await (await fetch(`http://${debuggingHost}/json/list`)).text()).includes('"title": "Flint Console"'), 30_000)
  const browser = await chromium.connectOverCDP(debuggingUrl)
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('the packaged app has no window')
  const complaints = collectComplaints(page)
  return {
    host,
    page,
    dataDir,
    complaints,
    electron: null,
    workerPid: () => workerPid(dataDir),
    revive: () => Promise.resolve(),
    reload: async () => {
      await page.reload()
    },
    close: async () => {
      await browser.close()
      await ended(child)
    },
  }
}

async function startBrowserMode({ dataDir, environment }: AppStart): Promise<RunningApp> {
  const executablePath = chromiumExecutable()
  if (executablePath === null) throw new Error('There is no Chromium.')
  let served = await serve(dataDir, environment)
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags(false)] })
  const page = await browser.newPage()
  const complaints = collectComplaints(page)
  await page.goto(served.address)
  return {
    host: 'chromium',
    page,
    dataDir,
    complaints,
    electron: null,
    workerPid: () => workerPid(dataDir),
    revive: async () => {
      served = await serve(dataDir, environment)
      await page.goto(served.address)
    },
    reload: async () => {
      await page.reload()
    },
    close: async () => {
      await browser.close()
      await ended(served.process)
    },
  }
}

/** Starts browser mode on any free port; resolves with the one-time address that it prints. */
async function serve(dataDir: string, environment: NodeJS.ProcessEnv): Promise<{ readonly process: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [join(root, 'out', 'main', 'cli.cjs'), '--data-dir', dataDir, 'serve', '--port', '0'], {
    env: { ...process.env, ...environment, FLINT_CONSOLE_VALIDATE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { process: child, address: await firstMatch(child, child.stdout, /(http:\/\/\S+)/) }
}

/** What the first line that fits holds; rejects when the program ends before. */
async function firstMatch(child: ChildProcess, output: Readable, pattern: RegExp): Promise<string> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`a program ended before it printed ${pattern.source}`)))
  ended.catch(() => undefined)
  const printed = (async () => {
    for await (const line of createInterface({ input: output })) {
      const found = pattern.exec(line)?.[1]
      if (found !== undefined) return found
    }
    throw new Error(`a program never printed ${pattern.source}`)
  })()
  const found = await Promise.race([printed, ended])
  // What it prints afterwards is not needed, but must not fill the pipe.
  output.resume()
  return found
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
