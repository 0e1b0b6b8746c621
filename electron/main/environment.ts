// Where this start of the shell keeps its own files, and what the environment asks of it.
import { app } from 'electron'
import { join, resolve } from 'node:path'

export interface Environment {
  /** The data folder that was asked for; null: the worker's own default. */
  readonly dataDir: string | null
  /** The app shows the simulated estate and leaves nothing behind. */
  readonly demo: boolean
  /** A Node binary that runs the worker instead of Electron's own utility process. */
  readonly workerExecutable: string | null
}

/** Reads the environment and sets Electron's own folder, by which also a second start finds the first. Must run before the app is ready. */
export function readEnvironment(): Environment {
  const environment: Environment = {
    dataDir: given('FLINT_CONSOLE_DATA_DIR'),
    demo: given('FLINT_CONSOLE_DEMO') === '1',
    workerExecutable: given('FLINT_CONSOLE_WORKER_EXEC'),
  }
  app.setName('Flint Console')
  const home = environment.dataDir === null ? join(app.getPath('appData'), 'Flint Console') : resolve(environment.dataDir)
  if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(home, 'window'))
  return environment
}

/** Where Node keeps the worker's compiled code, so that the next start need not compile it: the user's own cache, never a folder that others write to. */
export function compiledCodeFolder(): string {
  const caches = process.platform === 'linux' ? (given('XDG_CACHE_HOME') ?? join(app.getPath('home'), '.cache')) : app.getPath('userData')
  return join(caches, 'flint-console', 'compiled')
}

function given(name: string): string | null {
  const value = process.env[name]
  return value === undefined || value === '' ? null : value
}
