// Sees to what the machine must have: installs it where it may, or says the exact command. Prints to stderr only.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  chromiumExecutable,
  debianPackage,
  electronExecutable,
  electronRuntime,
  findCommand,
  hasDisplay,
  isDebian,
  isRoot,
  missingLibraries,
  root,
  run,
  secretServiceCommands,
  virtualDisplay,
} from './requirements.ts'
import type { ElectronRuntime } from './requirements.ts'

export type Need = 'electron' | 'display' | 'browser' | 'secret-service' | 'qemu' | 'ssh' | 'pdf'

export interface Prepared {
  /** Null: it cannot be had here; `problems` says why and what to do. */
  readonly electron: ElectronRuntime | null
  /** What to put before a program that opens a window; null: no display can be had. Empty: there is one. */
  readonly displayPrefix: readonly string[] | null
  readonly chromium: string | null
  readonly problems: readonly string[]
}

const electronDownloadTimeoutMs = 10 * 60_000
/** The libraries that Electron's runtime links against, by their Debian names. */
const electronPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libatk-bridge2.0-0', 'libcups2', 'libxkbcommon0', 'libxcomposite1', 'libxdamage1', 'libxrandr2']
const withTimeSuffix = new Set(['libgtk-3-0', 'libasound2', 'libatk-bridge2.0-0', 'libcups2'])

/** Looks for each need, installs what is missing, and reports what could not be had. */
export function prepare(needs: readonly Need[]): Prepared {
  const problems: string[] = []
  const wanted = new Set(needs)
  if (wanted.has('electron') && electronExecutable() === null) downloadElectron()
  installPackages(missingPackages(wanted), problems)
  return {
    electron: wanted.has('electron') ? checkedElectron(problems) : null,
    displayPrefix: wanted.has('display') ? checkedDisplay(problems) : null,
    chromium: wanted.has('browser') ? checkedChromium(problems) : null,
    problems,
  }
}

function missingPackages(wanted: ReadonlySet<Need>): string[] {
  if (process.platform !== 'linux') return []
  const packages: string[] = []
  const executable = wanted.has('electron') ? electronExecutable() : null
  if (executable !== null && missingLibraries(executable).length > 0) {
    packages.push(...electronPackages.map((name) => (withTimeSuffix.has(name) && isDebian() ? debianPackage(name) : name)))
  }
  if (wanted.has('display') && !hasDisplay() && virtualDisplay() === null) packages.push('xvfb', 'xauth')
  if (wanted.has('browser') && chromiumExecutable() === null) packages.push('chromium')
  if (wanted.has('secret-service') && !secretServiceCommands()) packages.push('gnome-keyring', 'dbus')
  // A real VNC server for the tests of consoles.
  if (wanted.has('qemu') && findCommand('qemu-system-x86_64') === null) packages.push('qemu-system-x86')
  // A real SSH server with its agent, and real certificates, for the tests of ways to a node.
  if (wanted.has('ssh')) {
    if (!existsSync('/usr/sbin/sshd')) packages.push('openssh-server')
    if (findCommand('ssh-agent') === null) packages.push('openssh-client')
    if (findCommand('openssl') === null) packages.push('openssl')
  }
  // What reads printed reports back, for the tests of paper.
  if (wanted.has('pdf') && (findCommand('pdftotext') === null || findCommand('pdfinfo') === null)) packages.push('poppler-utils')
  return packages
}

function installPackages(packages: readonly string[], problems: string[]): void {
  if (packages.length === 0) return
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (!isDebian()) {
    problems.push(`Missing: ${packages.join(', ')} (Debian's names). Install them with your system's package manager.`)
    return
  }
  if (!isRoot()) {
    problems.push(`Missing: ${packages.join(', ')}. Install them with: sudo ${command}`)
    return
  }
  say(`installing ${packages.join(', ')}`)
  const parameters = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  if (run('apt-get', parameters)) return
  if (!run('apt-get', ['update', '-qq']) || !run('apt-get', parameters)) problems.push(`Installing failed. Try: apt-get update && ${command}`)
}

function downloadElectron(): void {
  say("fetching Electron's runtime (once)")
  spawnSync(process.execPath, [join(root, 'node_modules', 'electron', 'install.js')], { stdio: ['ignore', 2, 2], timeout: electronDownloadTimeoutMs })
}

function checkedElectron(problems: string[]): ElectronRuntime | null {
  const answer = electronRuntime()
  if (answer.runtime !== null) return answer.runtime
  problems.push(
    `Electron cannot be used: ${answer.why}. Fetch it with \`npx install-electron\`, or name the folder of a runtime by ELECTRON_OVERRIDE_DIST_PATH.`,
  )
  return null
}

function checkedDisplay(problems: string[]): readonly string[] | null {
  if (hasDisplay()) return []
  const prefix = virtualDisplay()
  if (prefix === null) problems.push('There is no display (DISPLAY and WAYLAND_DISPLAY are empty), and no virtual one: install xvfb and xauth.')
  return prefix
}

function checkedChromium(problems: string[]): string | null {
  const executable = chromiumExecutable()
  if (executable === null) {
    const way = findCommand('apt-get') === null ? 'run `npx playwright install chromium`' : 'run `sudo apt-get install chromium`'
    problems.push(`There is no Chromium: ${way}, or name one by FLINT_CONSOLE_CHROMIUM.`)
  }
  return executable
}

function say(line: string): void {
  process.stderr.write(`prepare: ${line}\n`)
}
