// A D-Bus session of a test's own, with a real GNOME Keyring in it: unlocked, locked, or none at all.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from './until.ts'

/** A bus that can start no services by itself: what is not started on it is missing. */
const busConfig = (folder: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=${folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

export interface KeyringSession {
  /** For the processes that shall use it. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string; readonly HOME: string; readonly XDG_DATA_HOME: string }
  /** Ends the keyring's daemon and starts it anew. Locked: without the password, as after a reboot. */
  restart(state: 'unlocked' | 'locked'): Promise<void>
  /** Ends the daemon. */
  stopKeyring(): Promise<void>
  /** Freezes the daemon: it neither answers nor dies. */
  freeze(): void
  stop(): Promise<void>
}

/** Whether somebody answers for the Secret Service on the bus. */
function secretServiceIsThere(address: string): boolean {
  const answer = execFileSync(
    'dbus-send',
    [
      `--bus=${address}`,
      '--print-reply=literal',
      '--dest=org.freedesktop.DBus',
      '/org/freedesktop/DBus',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    ],
    { encoding: 'utf8' },
  )
  return answer.includes('true')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function startDaemon(address: string, env: NodeJS.ProcessEnv, folder: string, unlocked: boolean): Promise<ChildProcess> {
  const unlock = unlocked ? ['--unlock'] : []
  const child = spawn(
    'gnome-keyring-daemon',
    ['--foreground', '--components=secrets', `--control-directory=${join(folder, 'control')}`, ...unlock],
    {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  child.stdin?.end(unlocked ? 'the tests’ own password' : '')
  await until('the keyring answers on the bus', () => secretServiceIsThere(address))
  return child
}

/** Starts a session; `none` has a bus and no keyring. Its files lie in a folder of its own and are removed by `stop`. */
export async function startKeyringSession(state: 'unlocked' | 'locked' | 'none'): Promise<KeyringSession> {
  const folder = mkdtempSync(join(tmpdir(), 'flint-keyring-'))
  writeFileSync(join(folder, 'bus.conf'), busConfig(folder))
  const bus = spawn('dbus-daemon', [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  const env = { DBUS_SESSION_BUS_ADDRESS: address, HOME: folder, XDG_DATA_HOME: join(folder, 'data') }
  let daemon: ChildProcess | null = null
  // A test run that is broken off shall leave no daemons behind.
  const killBoth = (): void => {
    daemon?.kill('SIGKILL')
    bus.kill('SIGKILL')
  }
  process.once('exit', killBoth)

  const stopKeyring = async (): Promise<void> => {
    const running = daemon
    daemon = null
    if (!running) return
    running.kill('SIGKILL')
    await ended(running)
  }
  const restart = async (wanted: 'unlocked' | 'locked'): Promise<void> => {
    await stopKeyring()
    daemon = await startDaemon(address, { ...process.env, ...env }, folder, wanted === 'unlocked')
  }
  if (state !== 'none') await restart('unlocked')
  if (state === 'locked') await restart('locked')

  return {
    env,
    restart,
    stopKeyring,
    freeze: () => {
      daemon?.kill('SIGSTOP')
    },
    stop: async () => {
      process.off('exit', killBoth)
      await stopKeyring()
      bus.kill('SIGKILL')
      await ended(bus)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
