// The commands of the simulated guest's shell.
import type { GuestView } from './guest-view.ts'
import { hashText } from './random.ts'

export interface CommandOutcome {
  /** With plain newlines; ends with one unless empty. */
  output: string
  next: 'prompt' | 'power-off' | 'reboot'
}

type Command = (guest: GuestView, words: string[], history: readonly string[]) => string

const blue = (text: string): string => `\u001b[1;34m${text}\u001b[0m`
const green = (text: string): string => `\u001b[1;32m${text}\u001b[0m`
const yellow = (text: string): string => `\u001b[33m${text}\u001b[0m`

function load(guest: GuestView): [string, string, string] {
  const now = guest.cpuPercent() / 100
  return [now.toFixed(2), (now * 0.94 + 0.01).toFixed(2), (now * 0.9 + 0.02).toFixed(2)]
}

function uptimeLine(guest: GuestView): string {
  const minutes = Math.max(Math.floor((guest.now() - guest.bootedAt()) / 60_000), 0)
  const days = Math.floor(minutes / 1440)
  const clock = `${Math.floor((minutes % 1440) / 60)}:${String(minutes % 60).padStart(2, '0')}`
  const time = new Date(guest.now()).toISOString().slice(11, 19)
  const since = days > 0 ? `${days} day${days === 1 ? '' : 's'}, ${clock}` : clock
  return ` ${time} up ${since},  1 user,  load average: ${load(guest).join(', ')}`
}

function usedMemoryKiB(guest: GuestView): number {
  const share = 0.22 + (hashText(guest.name) % 40) / 100
  return Math.round(guest.memoryKiB * 0.95 * share)
}

function memoryCells(values: (string | number)[]): string {
  return values.map((value) => String(value).padStart(12)).join('')
}

function free(guest: GuestView): string {
  const total = Math.round(guest.memoryKiB * 0.95)
  const used = usedMemoryKiB(guest)
  const cached = Math.round((total - used) * 0.4)
  return [
    `      ${memoryCells(['total', 'used', 'free', 'shared', 'buff/cache', 'available'])}`,
    `Mem:  ${memoryCells([total, used, total - used - cached, 1024, cached, total - used])}`,
    `Swap: ${memoryCells([0, 0, 0])}`,
  ].join('\n')
}

function fileSystem(name: string, sizeKiB: number, usedKiB: number, mount: string): string {
  const figures = [sizeKiB, usedKiB, sizeKiB - usedKiB].map((figure) => String(figure).padStart(10)).join(' ')
  const percent = sizeKiB === 0 ? 0 : Math.round((usedKiB / sizeKiB) * 100)
  return `${name.padEnd(14)} ${figures} ${String(percent).padStart(3)}% ${mount}`
}

function df(guest: GuestView): string {
  const totalKiB = guest.diskGiB * 1_048_576
  const usedKiB = Math.round(totalKiB * (0.12 + (hashText(guest.name) % 50) / 100))
  return [
    'Filesystem      1K-blocks       Used  Available Use% Mounted on',
    fileSystem('/dev/vda1', totalKiB, usedKiB, '/'),
    fileSystem('tmpfs', Math.round(guest.memoryKiB / 2), 0, '/dev/shm'),
  ].join('\n')
}

function dmesg(guest: GuestView): string {
  return [
    '[    0.000000] Linux version 6.8.0-45-generic (buildd@lcy02-amd64-075)',
    '[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro console=tty0 console=ttyS0',
    `[    0.012345] Memory: ${guest.memoryKiB}K total`,
    `[    0.104512] smp: Brought up 1 node, ${guest.vcpus} CPU${guest.vcpus === 1 ? '' : 's'}`,
    `[    0.812204] virtio_blk virtio1: [vda] ${guest.diskGiB * 2_097_152} 512-byte logical blocks`,
    yellow('[    1.420011] systemd[1]: Hostname set to <') + guest.name + yellow('>.'),
    '[    2.004417] EXT4-fs (vda1): mounted filesystem r/w with ordered data mode',
  ].join('\n')
}

function task(id: number, user: string, percent: number, name: string): string {
  return `${String(id).padStart(7)} ${user.padEnd(9)} ${percent.toFixed(1).padStart(5)} ${name}`
}

function top(guest: GuestView): string {
  const total = Math.round(guest.memoryKiB * 0.95)
  const used = usedMemoryKiB(guest)
  const percent = guest.cpuPercent()
  const idle = Math.max(100 - percent / guest.vcpus, 0).toFixed(1)
  return [
    `\u001b[2J\u001b[Htop -${uptimeLine(guest).slice(0, 120)}`,
    'Tasks: 112 total,   1 running, 111 sleeping',
    `%Cpu(s): ${(100 - Number(idle)).toFixed(1)} us, ${idle} id`,
    `KiB Mem : ${total} total, ${total - used} free, ${used} used`,
    '',
    '\u001b[7m    PID USER       %CPU COMMAND\u001b[0m',
    task(842, 'www-data', percent * 0.6, 'nginx'),
    task(911, 'mysql', percent * 0.3, 'mariadbd'),
    task(1, 'root', percent * 0.1, 'systemd'),
  ].join('\n')
}

const plainFiles = 'naïve-café.txt  резервная-копия.tar  請求書-2026.pdf  🐧.png'
const listing = `${blue('backups')}  ${blue('conf.d')}  ${green('deploy.sh')}  ${plainFiles}`

const commands: Record<string, Command> = {
  help: () => `Commands: ${[...Object.keys(commands), 'reboot', 'poweroff'].sort().join(' ')}`,
  hostname: (guest) => guest.name,
  uptime: uptimeLine,
  whoami: () => 'root',
  ls: () => listing,
  free,
  df,
  date: (guest) => new Date(guest.now()).toUTCString(),
  echo: (_guest, words) => words.join(' '),
  dmesg,
  top,
  history: (_guest, _words, history) => history.map((line, index) => `${String(index + 1).padStart(5)}  ${line}`).join('\n'),
  ip: (guest) => (guest.ipAddresses.length > 0 ? guest.ipAddresses.map((address) => `    inet ${address} eth0`).join('\n') : '    lo'),
  uname: (guest) => `Linux ${guest.name} 6.8.0-45-generic x86_64 GNU/Linux`,
}

/** Runs one line. An unknown command says so, as bash does. */
export function runCommand(guest: GuestView, line: string, history: readonly string[]): CommandOutcome {
  const [name = '', ...words] = line.trim().split(/\s+/)
  if (name === '') return { output: '', next: 'prompt' }
  if (name === 'clear') return { output: '\u001b[2J\u001b[H', next: 'prompt' }
  if (name === 'reboot') return { output: 'The system will reboot now!\n', next: 'reboot' }
  if (name === 'poweroff') return { output: 'The system will power off now!\n', next: 'power-off' }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  const text = command === undefined ? `-bash: ${name}: command not found` : command(guest, words, history)
  return { output: `${text}\n`, next: 'prompt' }
}
