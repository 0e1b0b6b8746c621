// What running, testing and packaging the app needs of the machine: looked for here, installed by prepare.ts.
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

/** The oldest Node in which the worker's database module loads. */
const oldestWorkerNode = 22

export interface ElectronRuntime {
  readonly executable: string
  /** The folder that holds the runtime. */
  readonly dist: string
  readonly version: string
  readonly nodeVersion: string
  /** Its own Node is too old for the worker: the worker needs a Node binary beside it. */
  readonly needsWorkerExecutable: boolean
}

/** The file of a command on the PATH; null when there is none. */
export function findCommand(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
    if (folder !== '' && isExecutable(file)) return file
  }
  return null
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

export function isDebian(): boolean {
  return existsSync('/etc/debian_version') && findCommand('apt-get') !== null
}

/** A Chromium that Playwright can drive: the one named by FLINT_CONSOLE_CHROMIUM, the system's, or Playwright's own. */
export function chromiumExecutable(): string | null {
  const named = process.env['FLINT_CONSOLE_CHROMIUM']
  if (named !== undefined && named !== '') return isExecutable(named) ? named : null
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const file = findCommand(name)
    if (file !== null) return file
  }
  return playwrightChromium()
}

function playwrightChromium(): string | null {
  const playwright: unknown = createRequire(import.meta.url)('playwright-core')
  if (typeof playwright !== 'object' || playwright === null) return null
  const chromium: unknown = Reflect.get(playwright, 'chromium')
  if (typeof chromium !== 'object' || chromium === null || !('executablePath' in chromium) || typeof chromium.executablePath !== 'function') return null
  const file: unknown = chromium.executablePath()
  return typeof file === 'string' && isExecutable(file) ? file : null
}

/** Where Electron's runtime lies, as the `electron` package itself looks for it; null when it was not downloaded yet. */
export function electronExecutable(): string | null {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : defaultElectronName()
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const file = override === undefined || override === '' ? join(folder, 'dist', name) : join(override, name)
  return isExecutable(file) ? file : null
}

/** Starts the runtime as plain Node to ask for its versions; null when it is absent or does not start (then `why` says the reason). */
export function electronRuntime(): { readonly runtime: ElectronRuntime; readonly why: null } | { readonly runtime: null; readonly why: string } {
  const executable = electronExecutable()
  if (executable === null) return { runtime: null, why: 'its runtime is not there' }
  const answer = spawnSync(executable, ['-p', '[process.versions.electron, process.versions.node].join(" ")'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
    timeout: 30_000,
  })
  const [version, nodeVersion] = answer.stdout.trim().split(' ')
  if (answer.status !== 0 || version === undefined || nodeVersion === undefined) {
    return { runtime: null, why: `it does not start: ${firstLine(answer.stderr) || `exit ${answer.status ?? answer.signal}`}` }
  }
  const needsWorkerExecutable = Number(nodeVersion.split('.')[0]) < oldestWorkerNode
  return { runtime: { executable, dist: resolve(executable, '..'), version, nodeVersion, needsWorkerExecutable }, why: null }
}

/** Shared libraries that the file needs and the system has not (Linux only). */
export function missingLibraries(executable: string): string[] {
  if (process.platform !== 'linux' || findCommand('ldd') === null) return []
  const listed = spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout
  return [...listed.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '')
}

export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true
  return (process.env['DISPLAY'] ?? '') !== '' || (process.env['WAYLAND_DISPLAY'] ?? '') !== ''
}

/** `xvfb-run -a` starts a program on a display of its own that nobody sees. */
export function virtualDisplay(): readonly string[] | null {
  const command = findCommand('xvfb-run')
  return command === null || findCommand('Xvfb') === null || findCommand('xauth') === null ? null : [command, '-a', '--server-args=-screen 0 1920x1080x24']
}

/** Whether the tests can start a keychain of their own on a bus of their own (Linux only). */
export function secretServiceCommands(): boolean {
  return process.platform !== 'linux' || (['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'].every((name) => findCommand(name) !== null))
}

/** The Debian release's name of a package whose name carries the 64-bit time suffix since Debian 13. */
export function debianPackage(name: string): string {
  const listed = spawnSync('apt-cache', ['show', '--no-all-versions', `${name}t64`], { encoding: 'utf8' })
  return listed.status === 0 && listed.stdout.includes('Package:') ? `${name}t64` : name
}

export function run(command: string, parameters: readonly string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    return true
  } catch {
    return false
  }
}

function defaultElectronName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}
