// Secrets in a real GNOME Keyring: kept, told apart by installation, and honest when it is locked, silent or not there.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { KeychainCommand } from '../fixtures/keychainChild.ts'
import { type KeyringSession, startKeyringSession } from '../helpers/keyring.ts'

type Ask = (command: KeychainCommand) => Promise<unknown>

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function startSession(state: 'unlocked' | 'locked' | 'none'): Promise<KeyringSession> {
  const session = await startKeyringSession(state)
  cleanups.push(() => session.stop())
  return session
}

/** A store in a process of its own; a Failure comes back as a rejection with its body. */
function openStore(session: KeyringSession, options: { installationId?: string; timeoutMs?: number; bus?: string | null } = {}): Ask {
  const { DBUS_SESSION_BUS_ADDRESS: _outer, ...outerEnv } = process.env
  const bus = options.bus === undefined ? session.env.DBUS_SESSION_BUS_ADDRESS : options.bus
  const child = fork(join(import.meta.dirname, '../fixtures/keychainChild.ts'), {
    execArgv: [],
    env: {
      ...outerEnv,
      ...(bus === null ? {} : { DBUS_SESSION_BUS_ADDRESS: bus }),
      HOME: session.env.HOME,
      XDG_DATA_HOME: session.env.XDG_DATA_HOME,
      INSTALLATION_ID: options.installationId ?? randomUUID(),
      TIMEOUT_MS: String(options.timeoutMs ?? 10_000),
    },
  })
  child.setMaxListeners(0)
  cleanups.push(() => child.kill('SIGKILL'))
  let asked = 0
  return (command) =>
    new Promise((resolve, reject) => {
      asked += 1
      const id = asked
      const receive = (answer: { id: number; value?: unknown; error?: Error }): void => {
        if (answer.id !== id) return
        child.off('message', receive)
        if (answer.error) reject(answer.error)
        else resolve(answer.value)
      }
      child.on('message', receive)
      child.send({ id, command })
    })
}

describe('with an unlocked keyring', () => {
  test('a secret is kept beyond the process, and can be deleted', async () => {
    const session = await startSession('unlocked')
    const installationId = randomUUID()
    await openStore(session, { installationId })({ kind: 'set', name: 'billing:token', value: 'token with ünïcode 🔑' })
    const later = openStore(session, { installationId })
    expect(await later({ kind: 'get', name: 'billing:token' })).toBe('token with ünïcode 🔑')
    await later({ kind: 'delete', name: 'billing:token' })
    expect(await later({ kind: 'get', name: 'billing:token' })).toBeNull()
    expect(await openStore(session, { installationId })({ kind: 'get', name: 'billing:token' })).toBeNull()
  })

  test('deleting what is not there succeeds', async () => {
    const store = openStore(await startSession('unlocked'))
    await store({ kind: 'delete', name: 'node:none:key' })
    expect(await store({ kind: 'get', name: 'node:none:key' })).toBeNull()
  })

  test('two installations share the keyring without meeting', async () => {
    const session = await startSession('unlocked')
    const [first, second] = [openStore(session), openStore(session)]
    await first({ kind: 'set', name: 'billing:token', value: 'first' })
    await second({ kind: 'set', name: 'billing:token', value: 'second' })
    expect(await first({ kind: 'get', name: 'billing:token' })).toBe('first')
    expect(await second({ kind: 'get', name: 'billing:token' })).toBe('second')
  })

  test('nothing is known at first, which is said at once; what is found out is told', async () => {
    const store = openStore(await startSession('unlocked'))
    expect(await store({ kind: 'state' })).toEqual({ state: 'asked', problem: null })
    expect(await store({ kind: 'told' })).toEqual([])
    expect(await store({ kind: 'known' })).toEqual({ state: 'ok', problem: null })
    expect(await store({ kind: 'state' })).toEqual({ state: 'ok', problem: null })
    expect(await store({ kind: 'told' })).toEqual(['ok'])
  })

  test('the state is ok, and many calls at once are each answered', async () => {
    const session = await startSession('unlocked')
    const installationId = randomUUID()
    const store = openStore(session, { installationId })
    expect(await store({ kind: 'known' })).toEqual({ state: 'ok', problem: null })
    await Promise.all(Array.from({ length: 20 }, (_, index) => store({ kind: 'set', name: `node:${index}:key`, value: `key ${index}` })))
    const fresh = openStore(session, { installationId })
    const values = await Promise.all(Array.from({ length: 20 }, (_, index) => fresh({ kind: 'get', name: `node:${index}:key` })))
    expect(values).toEqual(Array.from({ length: 20 }, (_, index) => `key ${index}`))
  })

  test('what was read stays readable when the keyring dies, and what was not fails clearly', async () => {
    const session = await startSession('unlocked')
    const store = openStore(session)
    await store({ kind: 'set', name: 'billing:token', value: 'kept' })
    await session.stopKeyring()
    expect(await store({ kind: 'get', name: 'billing:token' })).toBe('kept')
    await expect(store({ kind: 'get', name: 'node:1:key' })).rejects.toMatchObject({ code: 'keychain.missing' })
  })

  test('a keyring that does not answer is given up after the wait, without blocking anything else', async () => {
    const session = await startSession('unlocked')
    const store = openStore(session, { timeoutMs: 500 })
    session.freeze()
    await expect(store({ kind: 'set', name: 'billing:token', value: 'value' })).rejects.toMatchObject({ code: 'keychain.locked' })
    expect(await store({ kind: 'turns' })).toBeGreaterThan(20)
  })

  test('a call that stays silent is given up when the operator asks again', async () => {
    const session = await startSession('unlocked')
    const store = openStore(session)
    session.freeze()
    const silent = expect(store({ kind: 'get', name: 'billing:token' })).rejects.toMatchObject({ message: expect.stringContaining('did not answer in time') })
    await store({ kind: 'check' })
    await silent
    await session.restart('unlocked')
    expect(await store({ kind: 'check' })).toEqual({ state: 'ok', problem: null })
    expect(await store({ kind: 'get', name: 'billing:token' })).toBeNull()
  })

  test('a keyring whose answer is overdue by its own measure counts as locked', async () => {
    const session = await startSession('unlocked')
    const store = openStore(session)
    session.freeze()
    expect(await store({ kind: 'known' })).toMatchObject({ state: 'locked', problem: { code: 'keychain.locked' } })
  })
})

describe('with a locked keyring', () => {
  test('reads and writes fail with a way out, and unlocking is noticed when asked to check again', async () => {
    const session = await startSession('unlocked')
    const installationId = randomUUID()
    await openStore(session, { installationId })({ kind: 'set', name: 'billing:token', value: 'kept' })
    await session.restart('locked')

    const store = openStore(session, { installationId })
    const state = await store({ kind: 'known' })
    expect(state).toMatchObject({ state: 'locked', problem: { code: 'keychain.locked' } })
    expect(JSON.stringify(state)).toContain('gnome-keyring-daemon --unlock')
    await expect(store({ kind: 'get', name: 'billing:token' })).rejects.toMatchObject({ code: 'keychain.locked' })
    await expect(store({ kind: 'set', name: 'billing:token', value: 'other' })).rejects.toMatchObject({ code: 'keychain.locked' })

    await session.restart('unlocked')
    expect(await store({ kind: 'check' })).toEqual({ state: 'ok', problem: null })
    expect(await store({ kind: 'get', name: 'billing:token' })).toBe('kept')
    expect(await store({ kind: 'told' })).toEqual(['locked', 'ok'])
  })

  test('it is noticed although the keyring holds nothing of ours', async () => {
    expect(await openStore(await startSession('locked'))({ kind: 'known' })).toMatchObject({ state: 'locked' })
  })
})

describe('without a keyring', () => {
  test('a session without a Secret Service is missing, with a way out, and reads and writes fail', async () => {
    const store = openStore(await startSession('none'))
    const state = await store({ kind: 'known' })
    expect(state).toMatchObject({ state: 'missing', problem: { code: 'keychain.missing' } })
    expect(JSON.stringify(state)).toContain('gnome-keyring')
    await expect(store({ kind: 'set', name: 'billing:token', value: 'value' })).rejects.toMatchObject({ code: 'keychain.missing' })
    await expect(store({ kind: 'get', name: 'billing:token' })).rejects.toMatchObject({ code: 'keychain.missing' })
  })

  test('a bus that is not there, and no bus at all, are missing too', async () => {
    const session = await startSession('none')
    expect(await openStore(session, { bus: 'unix:path=/nonexistent/bus' })({ kind: 'known' })).toMatchObject({ state: 'missing' })
    expect(await openStore(session, { bus: null })({ kind: 'known' })).toMatchObject({ state: 'missing' })
  })
})
