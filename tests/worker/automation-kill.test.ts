// The worker as a real process, killed with SIGKILL at every exchange with a peer of a suspension, a forced one and giving back: exactly one effect after the restart.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { installationId } from '../../db/repositories/installation.ts'
import { startEstate, type Estate } from '../../demo/estate.ts'
import { databaseFile } from '../../electron/worker/host/dataFolder.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'
import { Gateway, type GatewayHooks, type GatewayRequest } from '../helpers/gateway.ts'
import { startKeyringSession, type KeyringSession } from '../helpers/keyring.ts'
import { runCommand, startCommand } from '../helpers/program.ts'

interface Scene {
  readonly name: string
  readonly kind: 'suspend' | 'unsuspend'
  readonly own: () => Case
  /** Brings the peers to where the intent is due. */
  prepare(): void
  /** The data folder as it is before the run that is killed. */
  readonly base: () => string
  /** How the VM must end; its power may have changed once for it. */
  readonly vmState: 'Shutoff' | 'Running'
  readonly status: 'suspended' | 'active'
}

let estate: Estate
let notes: ChildProcess
let keyring: KeyringSession
let nodeGateway: Gateway
let billingGateway: Gateway
const folders: string[] = []

const folder = (name: string): string => {
  const made = mkdtempSync(join(tmpdir(), `kill-${name}-`))
  folders.push(made)
  return made
}

async function cli(dataDir: string, args: readonly string[], stdin?: string): Promise<unknown> {
  const outcome = await runCommand(['--data-dir', dataDir, '--json', ...args], { env: keyring.env, ...(stdin === undefined ? {} : { stdin }) })
  if (outcome.code !== 0) throw new Error(`${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}${outcome.stdout}`)
  return JSON.parse(outcome.stdout)
}

interface Case {
  readonly serviceId: number
  readonly invoiceId: number
  readonly vm: SimulatedVm
  readonly uuid: string
  readonly expiresAt: string | null
}

function caseOf(expiredDays: number): Case {
  const line = estate.story.find((known) => known.role === 'overdue' && known.expiredDays === expiredDays && known.vm !== null)
  const vm = line?.vm && estate.nodes[0]?.vm(line.vm.uuid)
  const invoice = line && estate.billing.invoicesOf(line.serviceId).find((known) => known.status === 'pending')
  if (!line || !vm || !invoice) throw new Error(`the estate has no service that expired ${expiredDays} days ago`)
  return { serviceId: line.serviceId, invoiceId: invoice.id, vm, uuid: vm.uuid, expiresAt: estate.billing.service(line.serviceId)?.expires_at ?? null }
}

/** A data folder with the one link and the policy that a scene needs. */
async function installation(name: string, own: Case): Promise<string> {
  const dataDir = folder(name)
  await cli(dataDir, ['node', 'add', '--name', 'one', '--url', nodeGateway.url, '--key-stdin'], estate.connect.nodes[0]?.key)
  await cli(dataDir, ['billing', 'connect', '--url', billingGateway.url, '--token-stdin'], estate.connect.billing.token)
  await cli(dataDir, ['billing', 'sync', '--full'])
  await cli(dataDir, ['vm', 'list'])
  await cli(dataDir, ['link', 'confirm', String(own.serviceId), `one/${own.vm.uuid}`])
  await cli(dataDir, ['policy', 'set', 'mode=auto', 'forceAfterSeconds=1', 'maxPerRun=100'])
  return dataDir
}

/**
 * A copy of a data folder shares its secrets with the original, and so the notes that are kept outside the database. They are forgotten here:
 * otherwise the older copy would rightly be taken for a restored backup.
 */
async function forgetNotes(): Promise<void> {
  for (const name of ['automation:last-run', 'audit:head']) {
    notes.send({ id: name, command: { kind: 'delete', name } })
    await once(notes, 'message')
  }
}

let obedient: Case
let stubborn: Case
let suspendBase: string
let forceBase: string
let giveBackBase: string

function unpaid(own: Case): void {
  estate.billing.setInvoice(own.invoiceId, { status: 'pending' })
  estate.billing.setService(own.serviceId, { status: 'active', expires_at: own.expiresAt })
}

beforeAll(async () => {
  estate = await startEstate({ nodes: 1, vms: 30, customers: 24, listDelayMs: 0, stopDelayMs: 0 })
  keyring = await startKeyringSession('unlocked')
  nodeGateway = await Gateway.open(estate.connect.nodes[0]?.url ?? '')
  billingGateway = await Gateway.open(estate.connect.billing.url)
  obedient = caseOf(5)
  stubborn = caseOf(7)
  unpaid(obedient)
  unpaid(stubborn)
  suspendBase = await installation('suspend', obedient)
  forceBase = folder('force')
  giveBackBase = folder('give-back')
  for (const copy of [forceBase, giveBackBase]) cpSync(suspendBase, copy, { recursive: true })
  await cli(forceBase, ['link', 'remove', String(obedient.serviceId)])
  await cli(forceBase, ['link', 'confirm', String(stubborn.serviceId), `one/${stubborn.vm.uuid}`])
  const db = openDatabase(join(suspendBase, databaseFile))
  const id = installationId(db.orm)
  db.close()
  notes = fork(join(import.meta.dirname, '../fixtures/keychainChild.ts'), [], { env: { ...process.env, ...keyring.env, INSTALLATION_ID: id, TIMEOUT_MS: '10000' } })
  await forgetNotes()
  await cli(giveBackBase, ['run', '--once'])
  expect(obedient.vm.state).toBe('Shutoff')
}, 240_000)

afterAll(async () => {
  notes.disconnect()
  await nodeGateway[Symbol.asyncDispose]()
  await billingGateway[Symbol.asyncDispose]()
  await estate.stop()
  await keyring.stop()
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

/** An exchange about the VM or the service itself, not a list. */
function isOwn(own: Case, request: GatewayRequest): boolean {
  const path = request.path.split('?')[0] ?? ''
  return path.includes(own.uuid) || /\/(services|invoices)\/\d+$/.test(path)
}

/** Calls `at` at the given exchange of its own, before it reaches the peer or after the peer has answered. */
function hookAt(own: Case, exchange: number, when: 'before' | 'after', at: () => void): { hooks: GatewayHooks; count: () => number } {
  let count = 0
  const reached = new WeakMap<GatewayRequest, number>()
  const hooks: GatewayHooks = {
    before: (request) => {
      if (!isOwn(own, request)) return undefined
      count += 1
      reached.set(request, count)
      if (when !== 'before' || count !== exchange) return undefined
      at()
      return { status: 503, body: '' }
    },
    after: (request, answer) => {
      if (when === 'after' && reached.get(request) === exchange) at()
      return answer
    },
  }
  return { hooks, count: () => count }
}

function useHooks(hooks: GatewayHooks): void {
  nodeGateway.hooks = hooks
  billingGateway.hooks = hooks
}

interface Row {
  readonly id: string
  readonly kind: string
  readonly state: string
  readonly serviceId: number
}

function suspendedAndOff(own: Case): void {
  unpaid(own)
  estate.billing.setService(own.serviceId, { status: 'suspended' })
  if (own.vm.state !== 'Shutoff') own.vm.forceStop()
}

const scenes: readonly Scene[] = [
  {
    name: 'a suspension',
    kind: 'suspend',
    own: () => obedient,
    base: () => suspendBase,
    prepare: () => {
      unpaid(obedient)
      if (obedient.vm.state !== 'Running') obedient.vm.start()
    },
    vmState: 'Shutoff',
    status: 'suspended',
  },
  {
    name: 'a suspension that must be forced',
    kind: 'suspend',
    own: () => stubborn,
    base: () => forceBase,
    prepare: () => {
      unpaid(stubborn)
      if (stubborn.vm.state !== 'Running') stubborn.vm.start()
    },
    vmState: 'Shutoff',
    status: 'suspended',
  },
  {
    name: 'giving back',
    kind: 'unsuspend',
    own: () => obedient,
    base: () => giveBackBase,
    prepare: () => {
      suspendedAndOff(obedient)
      estate.billing.payInvoice(obedient.invoiceId)
      estate.billing.setService(obedient.serviceId, { status: 'suspended' })
    },
    vmState: 'Running',
    status: 'active',
  },
]

describe.each(scenes)('$name, killed at every exchange with a peer', (scene) => {
  it('ends in the same place, with one effect', { timeout: 900_000 }, async () => {
    const own = scene.own()
    const runFrom = async (dataDir: string) => {
      let powerChanges = 0
      const stopCounting = own.vm.onPower(() => {
        powerChanges += 1
      })
      return {
        dataDir,
        changes: () => {
          stopCounting()
          return powerChanges
        },
      }
    }
    const proveEnd = async (dataDir: string, changes: number, where: string) => {
      useHooks({})
      await cli(dataDir, ['run', '--once'])
      expect(own.vm.state, where).toBe(scene.vmState)
      expect(estate.billing.service(own.serviceId)?.status, where).toBe(scene.status)
      expect(changes, where).toBeLessThanOrEqual(1)
      const intents = (await cli(dataDir, ['intent', 'list'])) as Row[]
      expect(intents.filter((intent) => intent.kind === scene.kind).map((intent) => intent.state), where).toEqual(['done'])
      expect(await cli(dataDir, ['audit', 'verify']), where).toMatchObject({ ok: true, firstBad: null })
    }

    scene.prepare()
    const whole = hookAt(own, 0, 'before', () => undefined)
    useHooks(whole.hooks)
    const undisturbed = folder('undisturbed')
    cpSync(scene.base(), undisturbed, { recursive: true })
    await forgetNotes()
    await cli(undisturbed, ['run', '--once'])
    const exchanges = whole.count()
    expect(exchanges).toBeGreaterThan(4)

    for (let exchange = 1; exchange <= exchanges; exchange += 1) {
      for (const when of ['before', 'after'] as const) {
        const where = `killed ${when} exchange ${exchange} of ${exchanges}`
        scene.prepare()
        const counted = await runFrom(folder('killed'))
        cpSync(scene.base(), counted.dataDir, { recursive: true })
        await forgetNotes()
        const running = startCommand(['--data-dir', counted.dataDir, '--json', 'run', '--once'], { env: keyring.env })
        useHooks(hookAt(own, exchange, when, () => running.child.kill('SIGKILL')).hooks)
        await running.ended
        expect(running.child.signalCode, where).toBe('SIGKILL')
        useHooks({})
        await cli(counted.dataDir, ['run', '--once'])
        await proveEnd(counted.dataDir, counted.changes(), where)
        rmSync(counted.dataDir, { recursive: true, force: true })
      }
    }
  })
})
