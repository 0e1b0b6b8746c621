// Builds what is older than its sources: the shell with the worker and the command line (main), the preload, the renderer.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** What each program is built from. */
const sources = {
  main: ['electron/main', 'electron/worker', 'shared', 'db', 'demo', 'package.json', 'package-lock.json', 'vite.config.ts'],
  preload: ['electron/preload', 'shared', 'package-lock.json', 'vite.config.ts'],
  renderer: ['renderer', 'shared', 'package-lock.json', 'vite.config.ts'],
} as const

export type Program = keyof typeof sources
export const programs = Object.keys(sources) as Program[]

const lockPath = join(root, 'out', '.building')
const lockWaitMs = 180_000
const aside = join(root, 'out', '.building-aside')

function* filesBeneath(path: string): Generator<string> {
  const state = statSync(path, { throwIfNoEntry: false })
  if (!state) return
  if (!state.isDirectory()) {
    yield `${path} ${state.size} ${state.mtimeMs}`
    return
  }
  for (const entry of readdirSync(path).sort()) yield* filesBeneath(join(path, entry))
}

/** Changes whenever a source is added, removed or written. */
function fingerprint(program: Program): string {
  const hash = createHash('sha256')
  for (const source of sources[program]) for (const line of filesBeneath(join(root, source))) hash.update(`${line}\n`)
  return hash.digest('hex')
}

function stampPath(program: Program): string {
  return join(root, 'out', program, '.built-from')
}

function isBuilt(program: Program): boolean {
  try {
    return readFileSync(stampPath(program), 'utf8') === fingerprint(program)
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** One build at a time, also between processes; a lock whose holder is dead is taken over. */
function withLock(work: () => void): void {
  mkdirSync(join(root, 'out'), { recursive: true })
  const deadline = Date.now() + lockWaitMs
  for (;;) {
    try {
      const lock = openSync(lockPath, 'wx')
      writeFileSync(lock, String(process.pid))
      closeSync(lock)
      break
    } catch {
      const holder = Number(readFileIfThere(lockPath))
      if ((holder > 0 && !isAlive(holder)) || Date.now() > deadline) rmSync(lockPath, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    }
  }
  try {
    work()
  } finally {
    rmSync(lockPath, { force: true })
  }
}

function readFileIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function buildOne(program: Program): void {
  const from = fingerprint(program)
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const result = spawnSync(process.execPath, [electronVite, 'build', '-c', './vite.config.ts', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FLINT_CONSOLE_BUILD_ONLY: program, FLINT_CONSOLE_BUILD_OUT: aside },
  })
  if (result.status !== 0) throw new Error(`The ${program} program could not be built.\n${result.stdout}${result.stderr}`)
  writeFileSync(join(aside, program, '.built-from'), from)
  putInPlace(program)
}

/** The old program stays whole until the new one is; a process that starts in between finds either. */
function putInPlace(program: Program): void {
  const place = join(root, 'out', program)
  const old = join(aside, `${program}.old`)
  rmSync(old, { recursive: true, force: true })
  if (existsSync(place)) renameSync(place, old)
  renameSync(join(aside, program), place)
  rmSync(aside, { recursive: true, force: true })
}

/** Builds those of the named programs that are older than their sources. Throws an Error with the builder's own words. */
export function ensureBuilt(wanted: readonly Program[], tell: (line: string) => void): void {
  if (wanted.every(isBuilt)) return
  withLock(() => {
    for (const program of wanted) {
      if (isBuilt(program)) continue
      tell(`Building ${program} …`)
      buildOne(program)
    }
  })
}

if (import.meta.main) {
  ensureBuilt(programs, (line) => process.stderr.write(`${line}\n`))
}
