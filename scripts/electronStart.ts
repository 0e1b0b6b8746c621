// How Electron is started from the source tree: on which display, with which worker, and with a sandbox wherever there can be one.
import type { ElectronRuntime } from './requirements.ts'
import { isRoot } from './requirements.ts'

export interface ElectronStart {
  readonly command: string
  readonly parameters: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly withoutSandbox: boolean
}

/**
 * What Chromium needs beside the app's own arguments: root has no sandbox; and on a display that nobody sees there is no graphics card, the
 * fruitless search for which now and then leaves a window blank.
 */
export function chromiumFlags(hasScreen = false): readonly string[] {
  return [...(isRoot() ? ['--no-sandbox'] : []), ...(hasScreen ? [] : ['--disable-gpu'])]
}

/** What the shell needs to know of this machine: a runtime that is too old for the worker gets this Node for it. */
export function electronEnvironment(runtime: ElectronRuntime): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env }
  delete environment['ELECTRON_RUN_AS_NODE']
  if (runtime.needsWorkerExecutable) environment['FLINT_CONSOLE_WORKER_EXEC'] = process.execPath
  return environment
}

/** `displayPrefix`: what to put before a program that opens a window; empty where there is a display. */
export function electronStart(runtime: ElectronRuntime, displayPrefix: readonly string[], parameters: readonly string[]): ElectronStart {
  const [command = runtime.executable, ...rest] = [...displayPrefix, runtime.executable, ...chromiumFlags(displayPrefix.length === 0), ...parameters]
  return { command, parameters: rest, environment: electronEnvironment(runtime), withoutSandbox: isRoot() }
}
