// Where an installation keeps its data, and the address at which its worker can be reached.
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../../../shared/domain/failure.ts'

export const databaseFile = 'flint-console.db'
export const lockFile = 'worker.lock'
const ownEntries = new Set([databaseFile, lockFile, 'logs', 'window'])
/** A socket's path must fit into `sun_path`: 104 bytes on macOS, 108 on Linux, with the ending zero. */
const longestSocketPathBytes = 103

type Environment = Readonly<Record<string, string | undefined>>

/** The data folder where none was asked for. */
export function defaultDataDir(platform: NodeJS.Platform = process.platform, env: Environment = process.env, home = homedir()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Flint Console')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Flint Console')
  const dataHome = env['XDG_DATA_HOME']
  // An XDG path that is not absolute is to be ignored, says the specification.
  return join(dataHome?.startsWith('/') ? dataHome : join(home, '.local', 'share'), 'flint-console')
}

/** Folder by folder: Node's own recursive way never ends where the system says that a folder's existing parent is not there, as in /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it in between.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Makes the folder where it is missing, for its owner only; one that already held other things keeps its mode. Returns its whole path. */
export function prepareDataDir(dataDir: string): string {
  const path = resolve(dataDir)
  try {
    makeFolder(path)
    const entries = readdirSync(path)
    if (entries.every((entry) => ownEntries.has(entry)) || entries.includes(databaseFile)) chmodSync(path, 0o700)
    return path
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new Failure(
      'data.unusable',
      `The data folder ${path} cannot be used (${reason}).`,
      'Choose another one with --data-dir, or mend its permissions.',
    )
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}

/** A folder of this user's own in the system's temporary folder; refused when somebody else has made it. */
function privateTemporaryDir(): string {
  const user = userInfo()
  const path = join(tmpdir(), `flint-console-${user.uid}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const state = lstatSync(path)
  if (!state.isDirectory() || state.uid !== user.uid || (state.mode & 0o077) !== 0) {
    throw new Failure(
      'data.not-private',
      `${path} belongs to somebody else or is open to others.`,
      'Remove it, or choose a data folder with a shorter path.',
    )
  }
  return path
}

/** The control socket of a data folder (a named pipe on Windows). Only this user can reach it. */
export function controlAddress(dataDir: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') return `\\\\.\\pipe\\flint-console-${hashOf(dataDir.toLowerCase())}`
  const path = join(dataDir, 'control.sock')
  return Buffer.byteLength(path) <= longestSocketPathBytes ? path : join(privateTemporaryDir(), `${hashOf(dataDir)}.sock`)
}
