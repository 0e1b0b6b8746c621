// `startup` and `memory-idle`: the app's window against an empty Electron window, opened in the same run.
import { _electron, type ElectronApplication } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromiumFlags, electronEnvironment } from '../../scripts/electronStart.ts'
import { electronRuntime, hasDisplay, root } from '../../scripts/requirements.ts'
import { startKeyringSession, type KeyringSession } from '../../tests/helpers/keyring.ts'
import { inTurns, type Row } from '../row.ts'
import { treeMemoryMiB } from '../processes.ts'

const emptyWindow = join(resolve('.'), 'bench', 'programs', 'emptyWindow.cjs')
const rounds = 5
const lookEveryMs = 10
/** Until a first start has settled. */
const settleMs = 5_000
/** How long a window is left alone before its memory is read. */
const idleMs = 10_000

interface Opened {
  readonly electron: ElectronApplication
  readonly ms: number
}

async function open(target: string, environment: NodeJS.ProcessEnv, isInteractive: (app: ElectronApplication) => Promise<void>): Promise<Opened> {
  const { runtime, why } = electronRuntime()
  if (runtime === null) throw new Error(`Electron cannot be used: ${why ?? 'it is not there'}`)
  if (!hasDisplay()) throw new Error('There is no display: run the bench under xvfb-run.')
  const startedAt = performance.now()
  const electron = await _electron.launch({
    executablePath: runtime.executable,
    args: [...chromiumFlags(), target],
    env: { ...electronEnvironment(runtime), ...environment } as Record<string, string>,
  })
  await isInteractive(electron)
  return { electron, ms: performance.now() - startedAt }
}

async function openEmpty(): Promise<Opened> {
  return open(emptyWindow, {}, async (app) => {
    await (await app.firstWindow()).waitForLoadState('load')
  })
}

async function openApp(keyring: KeyringSession, dataDir: string): Promise<Opened> {
  const opened = await open(root, { ...keyring.env, FLINT_CONSOLE_DATA_DIR: dataDir }, async (app) => {
    await (await app.firstWindow()).waitForFunction(isOffered, undefined, { polling: lookEveryMs })
  })
  // Borne out by what a person's tools see. That alone would round the figure up: Playwright looks again only after up to half a second.
  const first = (await opened.electron.firstWindow()).getByRole('button', { name: /connect a node/i }).first()
  if (!(await first.isEnabled())) throw new Error('the window’s first button cannot be pressed')
  return opened
}

/** Within the page: whether there is something to click. */
function isOffered(): boolean {
  return [...document.querySelectorAll('button')].some((button) => /connect a node/i.test(button.textContent) && button.checkVisibility())
}

/** Opens both in turn, and takes a figure of each. */
async function compare(figure: (opened: Opened) => Promise<number> | number): Promise<{ value: number; baseline: number }> {
  const keyring = await startKeyringSession('unlocked')
  const folder = mkdtempSync(join(tmpdir(), 'flint-console-bench-'))
  const taken = async (opening: Promise<Opened>): Promise<number> => {
    const opened = await opening
    try {
      return await figure(opened)
    } finally {
      await opened.electron.close()
    }
  }
  try {
    // The first start makes what every other one finds: folders, and compiled code. The empty window finds its own as well.
    const first = await openApp(keyring, folder)
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    await first.electron.close()
    return await inTurns(rounds, () => taken(openApp(keyring, folder)), () => taken(openEmpty()))
  } finally {
    await keyring.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export const rows: readonly Row[] = [
  { name: 'startup', unit: 'ms', goal: 1.6, better: 'lower', measure: () => compare(({ ms }) => ms) },
  {
    name: 'memory-idle',
    unit: 'MiB',
    goal: 1.6,
    better: 'lower',
    measure: () =>
      compare(async ({ electron }) => {
        await new Promise((resolve) => setTimeout(resolve, idleMs))
        return treeMemoryMiB(electron.process().pid ?? 0)
      }),
  },
]
