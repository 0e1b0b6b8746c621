// The worker as a real process, killed with SIGKILL at every exchange with a peer of every kind of intent: exactly one effect after the restart.
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Automation } from '../../electron/worker/automation/automation.ts'
import type { Context } from '../../electron/worker/context.ts'
import { KillWorld } from '../helpers/killWorld.ts'

interface Scene {
  readonly name: string
  readonly kind: 'suspend' | 'unsuspend' | 'terminate' | 'purge'
  /** By which the demo's services are known: how their guests obey a stop. */
  readonly expiredDays: number
  /** Brings the installation to where the intent is due. */
  install(world: KillWorld, automation: Automation, context: Context, run: () => ReturnType<Automation['run']>): Promise<void>
  /** Brings the peers to where the intent is due. */
  prepare(world: KillWorld): void
  /** How the VM must end; its power may have changed so often for it. */
  readonly vmState: 'Shutoff' | 'Running' | 'gone'
  readonly mostPowerChanges: number
  readonly status: 'suspended' | 'active' | 'cancelled'
  readonly snapshots: number
}

const obedient = 5
const stubborn = 7
const threeWeeksMs = 21 * 86_400_000

/** Off since its suspension three weeks ago. */
async function longSuspended(world: KillWorld, context: Context, run: () => ReturnType<Automation['run']>): Promise<void> {
  world.unpaid()
  await run()
  expect(world.vmState).toBe('Shutoff')
  context.db.sqlite.exec(
    `update suspensions set started_at = started_at - ${threeWeeksMs}, verified_at = verified_at - ${threeWeeksMs}; update vms set off_since = off_since - ${threeWeeksMs}`,
  )
}

/** Plans what is due and gives it the confirmation that it waits for. */
async function approve(world: KillWorld, automation: Automation, kind: string, run: () => ReturnType<Automation['run']>): Promise<void> {
  await run()
  const waiting = automation.queue.list({ state: 'planned' }).find((intent) => intent.kind === kind)
  expect(waiting?.kind).toBe(kind)
  if (waiting) await automation.queue.approve(waiting.id as never, world.own.vmName)
}

function running(world: KillWorld): void {
  world.unpaid()
  if (world.vm.state !== 'Running') world.vm.start()
}

const scenes: readonly Scene[] = [
  {
    name: 'a suspension',
    kind: 'suspend',
    expiredDays: obedient,
    install: () => Promise.resolve(),
    prepare: running,
    vmState: 'Shutoff',
    mostPowerChanges: 1,
    status: 'suspended',
    snapshots: 0,
  },
  {
    name: 'a suspension that must be forced',
    kind: 'suspend',
    expiredDays: stubborn,
    install: () => Promise.resolve(),
    prepare: running,
    vmState: 'Shutoff',
    mostPowerChanges: 1,
    status: 'suspended',
    snapshots: 0,
  },
  {
    name: 'giving back',
    kind: 'unsuspend',
    expiredDays: obedient,
    install: async (world, _automation, _context, run) => {
      world.unpaid()
      await run()
      expect(world.vmState).toBe('Shutoff')
    },
    prepare: (world) => {
      world.suspendedAndOff()
      world.estate.billing.payInvoice(world.own.invoiceId)
      world.estate.billing.setService(world.own.serviceId, { status: 'suspended' })
    },
    vmState: 'Running',
    mostPowerChanges: 1,
    status: 'active',
    snapshots: 0,
  },
  {
    name: 'a termination',
    kind: 'terminate',
    expiredDays: obedient,
    install: async (world, automation, context, run) => {
      await longSuspended(world, context, run)
      await approve(world, automation, 'terminate', run)
    },
    prepare: (world) => {
      world.suspendedAndOff()
      world.vm.snapshots.splice(0)
    },
    vmState: 'Shutoff',
    mostPowerChanges: 0,
    status: 'suspended',
    snapshots: 1,
  },
  {
    name: 'a purge',
    kind: 'purge',
    expiredDays: obedient,
    install: async (world, automation, context, run) => {
      await longSuspended(world, context, run)
      await approve(world, automation, 'terminate', run)
      await run()
      context.db.sqlite.exec("update vault set purge_on = '2026-01-01'")
      await approve(world, automation, 'purge', run)
    },
    prepare: (world) => {
      world.suspendedAndOff()
      // The same in every round, so that its exchanges are known again.
      world.vm.snapshots.splice(0, world.vm.snapshots.length, { name: 'final', state: 'shutoff', createdAtSeconds: 1, description: '' })
    },
    vmState: 'gone',
    mostPowerChanges: 0,
    status: 'cancelled',
    snapshots: 0,
  },
]

async function proveEnd(world: KillWorld, scene: Scene, dataDir: string, where: string): Promise<void> {
  const { intents, record } = await world.endState(dataDir)
  expect(intents.filter((intent) => intent.kind === scene.kind).map((intent) => intent.state), where).toEqual(['done'])
  expect(record, where).toMatchObject({ ok: true, firstBad: null })
  expect(world.vmState, where).toBe(scene.vmState)
  if (scene.vmState !== 'gone') expect(world.vm.snapshots, where).toHaveLength(scene.snapshots)
  expect(world.estate.billing.service(world.own.serviceId)?.status, where).toBe(scene.status)
}

it.concurrent.each(scenes)('$name, killed at every exchange with a peer, ends in the same place, with one effect', { timeout: 900_000 }, async (scene) => {
  await using world = await KillWorld.open(scene.expiredDays)
  await world.install((automation, context, run) => scene.install(world, automation, context, run))
  scene.prepare(world)
  const undisturbed = await world.copy()
  const exchanges = await world.exchanges(undisturbed)

  await proveEnd(world, scene, undisturbed, 'undisturbed')
  expect(exchanges.length).toBeGreaterThan(4)

  for (const [index, exchange] of exchanges.entries()) {
    for (const when of ['before', 'after'] as const) {
      const where = `killed ${when} exchange ${index + 1} of ${exchanges.length} (${exchange.what}, ${exchange.nth})`
      scene.prepare(world)
      let powerChanges = 0
      const stopCounting = world.vm.onPower(() => {
        powerChanges += 1
      })
      const dataDir = await world.copy()
      const { signal } = await world.killAt(dataDir, exchange, when)
      expect(signal, where).toBe('SIGKILL')
      await world.runOnce(dataDir)
      stopCounting()
      await proveEnd(world, scene, dataDir, where)
      expect(powerChanges, where).toBeLessThanOrEqual(scene.mostPowerChanges)
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
})
