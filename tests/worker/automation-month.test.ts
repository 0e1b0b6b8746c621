// A month of simulated days with faults switched on and off, payments, hands and restarts; its end is compared service by service with what should be.
import { describe, expect, it } from 'vitest'
import { noFaults as noFlintFaults } from '../../demo/flint/faults.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'
import { AutomationWorld } from '../helpers/automationWorld.ts'

const days = 30
const graceDays = 3
const dayMs = 86_400_000

/** A small generator of its own: the same seed gives the same month. */
function generator(seed: number): { chance: (probability: number) => boolean; pick: <T>(list: readonly T[]) => T } {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    chance: (probability) => next() < probability,
    pick: (list) => {
      const found = list[Math.floor(next() * list.length)]
      if (found === undefined) throw new Error('there is nothing to pick from')
      return found
    },
  }
}

interface Known {
  readonly id: number
  readonly vm: SimulatedVm
}

/** What the test itself knows of the estate, apart from anything that the console keeps. */
class Month {
  readonly world: AutomationWorld
  readonly services: readonly Known[]
  /** VMs that were off before, or were switched off by another hand: nobody has asked for their start. */
  readonly offByOthers = new Set<number>()
  readonly violations: string[] = []
  #seen = new Map<string, number>()

  constructor(world: AutomationWorld) {
    this.world = world
    this.services = world.automation.links.list().flatMap((link) => {
      const vm = world.estate.nodes.find((node) => node.hostname === link.node)?.vm(link.uuid)
      return vm ? [{ id: link.serviceId, vm }] : []
    })
    for (const { id, vm } of this.services) if (vm.state !== 'Running') this.offByOthers.add(id)
    this.newStops()
  }

  today(): string {
    return new Date(this.world.estate.clock.now()).toISOString().slice(0, 10)
  }

  row(id: number): { status: string; expiresOn: string | null } {
    const row = this.world.estate.billing.service(id)
    if (!row) throw new Error(`there is no service ${id}`)
    return { status: row.status, expiresOn: row.expires_at?.slice(0, 10) ?? null }
  }

  isPaid(id: number): boolean {
    const { status, expiresOn } = this.row(id)
    return status !== 'cancelled' && expiresOn !== null && expiresOn >= this.today()
  }

  /** A pending invoice whose grace is over, by the dates in Paymenter alone. */
  isOverdue(id: number): boolean {
    const { status, expiresOn } = this.row(id)
    if (status === 'cancelled' || status === 'pending' || expiresOn === null) return false
    return this.world.estate.billing.invoicesOf(id).some((invoice) => {
      if (invoice.status !== 'pending' || invoice.due_at === null) return false
      const created = new Date(invoice.created_at).toISOString().slice(0, 10)
      const from = [invoice.due_at.slice(0, 10), created, expiresOn].sort().at(-1) ?? ''
      return new Date(Date.parse(from) + graceDays * dayMs).toISOString().slice(0, 10) < this.today()
    })
  }

  /** VMs that were sent a stop since the last time that this was asked. */
  newStops(): string[] {
    return this.world.estate.nodes.flatMap((node) => {
      const from = this.#seen.get(node.hostname) ?? 0
      this.#seen.set(node.hostname, node.requests.length)
      return node.requests.slice(from).flatMap((request) => (request.action === 'stop' || request.action === 'force-stop' ? [request.path] : []))
    })
  }

  /** Facts change only between two runs, so whoever is paid now was paid when the stop was sent. */
  noteStops(): void {
    const stopped = this.newStops()
    for (const { id, vm } of this.services) {
      if (vm.state === 'Running') this.offByOthers.delete(id)
      if (this.isPaid(id) && stopped.some((path) => path.includes(vm.uuid))) this.violations.push(`${this.today()}: ${vm.name} was stopped though paid until ${this.row(id).expiresOn ?? ''}`)
    }
  }
}

async function runOnce(month: Month, signal?: AbortSignal): Promise<void> {
  await month.world.run(signal).catch(() => undefined)
  month.noteStops()
}

const nodeFaults = [{ unreachable: true }, { limitedMode: true }, { libvirtLost: true }, { status: 500 }, { truncateBody: true }, { actThenDrop: true }, { rejectKey: true }, { closeMidBody: true }] as const
const billingFaults = [
  { maintenance: true },
  { databaseDown: true },
  { emptyLists: true },
  { truncateBody: true },
  { html: true },
  { unreachable: true },
  { repeatFirstPage: true },
  { failPage: { resource: 'invoices', page: 1 } },
  { actThenDrop: true },
] as const

async function liveThrough(month: Month, seed: number): Promise<void> {
  const { world } = month
  const { estate } = world
  const { chance, pick } = generator(seed)
  for (let day = 0; day < days; day += 1) {
    estate.clock.advance({ days: 1, nightly: chance(0.9) })
    const pending = estate.billing.invoices().filter((invoice) => invoice.status === 'pending')
    for (const [index, invoice] of pending.entries()) if (index === 0 || chance(0.07)) estate.billing.payInvoice(invoice.id)
    if (chance(0.3)) {
      const { id, vm } = pick(month.services)
      // A start and a stop by a hand that this console does not see.
      if (vm.state === 'Shutoff') {
        vm.start()
        month.offByOthers.delete(id)
      } else if (vm.state === 'Running' && month.isPaid(id)) {
        vm.forceStop()
        month.offByOthers.add(id)
      }
    }
    if (chance(0.6)) Object.assign(pick(estate.nodes).faults, pick(nodeFaults))
    if (chance(0.3)) Object.assign(estate.billing.faults, pick(billingFaults))
    if (chance(0.2)) {
      // The worker leaves in the middle of a run, between two steps.
      const leaving = new AbortController()
      const running = runOnce(month, leaving.signal)
      setImmediate(() => {
        leaving.abort(new Error('the worker is asked to leave'))
      })
      await running
      await world.reopen()
    } else await runOnce(month)
    healAll(world)
    if (chance(0.5)) await runOnce(month)
  }
}

function healAll({ estate }: AutomationWorld): void {
  for (const node of estate.nodes) Object.assign(node.faults, noFlintFaults())
  Object.assign(estate.billing.faults, {
    maintenance: false,
    databaseDown: false,
    emptyLists: false,
    truncateBody: false,
    html: false,
    unreachable: false,
    repeatFirstPage: false,
    actThenDrop: false,
    failPage: undefined,
  })
}

/** Two quiet days: what had failed is tried again by the operator, and a whole sync ends what still holds. */
async function calmDown(month: Month): Promise<void> {
  const { world } = month
  for (let day = 0; day < 2; day += 1) {
    world.estate.clock.advance({ days: 1, nightly: true })
    const pending = world.estate.billing.invoices().find((invoice) => invoice.status === 'pending')
    if (pending) world.estate.billing.payInvoice(pending.id)
    for (const intent of world.automation.queue.list({ state: 'failed' })) world.automation.queue.retry(intent.id as never)
    await runOnce(month)
    await runOnce(month)
  }
  await world.untilRun((result) => result.held.length === 0 && result.failed === 0)
  month.noteStops()
}

describe('a month in which nodes, billing, guests, hands and the worker fail', () => {
  it.each([1, 2, 3, 4])('ends for every service as its facts say (seed %i)', async (seed) => {
    await using world = await AutomationWorld.open({ nodes: 3, vms: 44, customers: 36, listDelayMs: 0, stopDelayMs: 5, seed }, { http: { circuit: { failures: 1_000, restMs: 1 } } })
    world.policy({ mode: 'auto', forceAfterSeconds: '1', maxPerRun: '10000' })
    const month = new Month(world)
    expect(month.services.length).toBeGreaterThan(30)
    await liveThrough(month, seed)
    await calmDown(month)

    const wrong: string[] = []
    for (const { id, vm } of month.services) {
      const { status, expiresOn } = month.row(id)
      const told = `${vm.name}: ${vm.state}, ${status}, expires ${expiresOn ?? 'never'}, intents ${world.intents(id).map((intent) => `${intent.kind} ${intent.state}`).join(', ')}`
      const isOff = vm.state === 'Shutoff'
      if (month.isPaid(id)) {
        if (isOff && !month.offByOthers.has(id)) wrong.push(`paid and off: ${told}`)
        if (status !== 'active') wrong.push(`paid and not active: ${told}`)
      } else if (month.isOverdue(id)) {
        if (!isOff) wrong.push(`overdue and running: ${told}`)
      } else if (status === 'cancelled') {
        const waits = world.intents(id).some((intent) => intent.kind === 'suspend' && intent.waitsForApproval)
        if (!isOff && !waits) wrong.push(`ended and running unasked: ${told}`)
      } else if (isOff && expiresOn === null && !month.offByOthers.has(id)) wrong.push(`free and off: ${told}`)
    }
    expect(wrong).toEqual([])
    expect(month.violations).toEqual([])
    expect(world.automation.queue.list({ state: 'failed' })).toEqual([])
    expect(await world.automation.audit.verify()).toMatchObject({ ok: true, firstBad: null })
    // Nothing is ever deleted by a machine alone, and nothing that was done is done without a record.
    for (const { vm } of month.services) expect(world.estate.nodes.some((node) => node.vm(vm.uuid) !== undefined)).toBe(true)
    const done = world.automation.queue.list({ state: 'done' }).filter((intent) => intent.kind === 'suspend')
    expect(done.length).toBeGreaterThan(3)
  })
})
