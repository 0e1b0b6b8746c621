// What is believed of a node and of its VMs, and what is not: limited mode, lost libvirt, lists that leave out, clocks, races.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fleet, vmOf } from '../../db/repositories/vms.ts'
import { vmHandlers } from '../../electron/worker/nodes/handlers.ts'
import { Power } from '../../electron/worker/nodes/power.ts'
import { Vms } from '../../electron/worker/nodes/vms.ts'
import { methods } from '../../shared/contract/index.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'
import { canaryKey, FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { until } from '../helpers/until.ts'

let world: FlintWorld
beforeEach(() => {
  world = new FlintWorld()
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  expect(written).not.toContain(canaryKey)
})

function shownStates(of: FlintWorld = world): Record<string, string> {
  return Object.fromEntries(new Vms(of.context, of.nodes, () => null).list().map((vm) => [vm.name, vm.state]))
}

function storedStates(): Record<string, string> {
  return Object.fromEntries(fleet(world.context.db.orm).map((row) => [row.vm.name, row.vm.state]))
}

const asEnrolled = { 'vps-1': 'running', 'vps-2': 'running', 'vps-3': 'shutoff' }
const allUnknown = { 'vps-1': 'unknown', 'vps-2': 'unknown', 'vps-3': 'unknown' }

describe('a node that cannot be believed', () => {
  test.each([
    ['limitedMode', 'limited', 'node.limited-mode'],
    ['libvirtLost', 'libvirt-lost', 'node.libvirt-lost'],
    ['unreachable', 'unreachable', 'node.unreachable'],
    ['rejectKey', 'unauthorized', 'node.unauthorized'],
    ['truncateBody', 'unknown', 'node.invalid-answer'],
  ] as const)('(%s) is %s: its VMs are unknown, never gone, and their last state is kept', async (fault, state, code) => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults[fault] = true
    await expect(world.nodes.look(row.id)).resolves.toMatchObject({ ok: false, error: { code } })
    expect(world.nodes.row(row.id)).toMatchObject({ state, problem: { code }, vms: 3, lastSeenAt: row.lastSeenAt })
    expect(shownStates()).toEqual(allUnknown)
    expect(storedStates()).toEqual(asEnrolled)
    expect(world.nodes.trouble(row.id)).toMatchObject({ code })
    await expect(world.nodes.readVm(world.ref(row.id, 1))).rejects.toMatchObject({ code })
    await expect(world.nodes.readVm(world.ref(row.id, 999))).rejects.toMatchObject({ code })

    node.faults[fault] = false
    await expect(world.nodes.look(row.id)).resolves.toEqual({ ok: true })
    expect(world.nodes.row(row.id)).toMatchObject({ state: 'ok', problem: null })
    expect(shownStates()).toEqual(asEnrolled)
  })

  test.each([
    [502, 'unreachable'],
    [503, 'unreachable'],
    [200, 'not-flint'],
    [404, 'not-flint'],
  ])('with a web page and status %i in place of Flint is %s', async (status, state) => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults.status = status
    await world.nodes.look(row.id)
    expect(world.nodes.row(row.id).state).toBe(state)
    expect(shownStates()).toEqual(allUnknown)
  })

  test('that redirects is not followed: its key goes nowhere else', async () => {
    const [node, other] = [await world.simulate(), await world.simulate({ hostname: 'elsewhere' })]
    const row = await world.enrol(node)
    node.faults.redirectTo = `${other.url}/api/health`
    await expect(world.nodes.look(row.id)).resolves.toMatchObject({ ok: false, error: { code: 'node.not-flint' } })
    expect(other.requests).toEqual([])
  })

  test('that loses libvirt between the list and the look-ups proves nothing about the missing', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults.omitFromList = [vmSeed(1).uuid]
    node.faults.hangMs = 500
    const look = world.nodes.look(row.id)
    await until('the missing VM is being looked up', () => node.requests.some((request) => request.path === `/api/vms/${vmSeed(1).uuid}`))
    node.faults.libvirtLost = true
    node.faults.hangMs = 0
    await expect(look).resolves.toMatchObject({ ok: false, error: { code: 'node.libvirt-lost' } })
    expect(node.requests.find((request) => request.path === `/api/vms/${vmSeed(1).uuid}`)?.status).toBe(404)
    expect(vmOf(world.context.db.orm, world.ref(row.id, 1))?.goneAt).toBeNull()
    expect(shownStates()).toEqual(allUnknown)
  })
})

describe('a healthy node', () => {
  test('that leaves VMs out of its list has them looked up singly, without an invented CPU figure', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.faults.omitFromList = [vmSeed(1).uuid]
    await world.nodes.look(row.id)
    expect(shownStates()).toEqual(asEnrolled)
    const omitted = new Vms(world.context, world.nodes, () => null).list().find((vm) => vm.name === 'vps-1')
    expect(omitted?.cpuPercent).toBeNull()
    expect(world.nodes.row(row.id)).toMatchObject({
      vms: 3,
      capacity: { vmsRunning: 2, vmsTotal: 3 },
      findings: [{ code: 'node.key-exposed' }],
    })
  })

  test('that hides a VM never seen before says that its list is incomplete', async () => {
    const node = await world.simulate()
    node.faults.omitFromList = [vmSeed(2).uuid]
    const row = await world.enrol(node)
    expect(row.findings).toContainEqual(
      expect.objectContaining({ code: 'node.list-incomplete', message: expect.stringContaining('3 VMs but let only 2') as string }),
    )
  })

  test('whose VM is deleted says gone, and one that comes back is there again', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.removeVm('vps-2')
    await world.nodes.look(row.id)
    expect(shownStates()).toEqual({ 'vps-1': 'running', 'vps-3': 'shutoff' })
    await expect(world.nodes.readVm(world.ref(row.id, 2))).resolves.toMatchObject({ kind: 'gone' })
    expect(vmOf(world.context.db.orm, world.ref(row.id, 2))?.goneAt).not.toBeNull()
    node.addVm(vmSeed(2, { name: 'again' }))
    await world.nodes.look(row.id)
    expect(shownStates()).toMatchObject({ again: 'running' })
  })

  test('with unknown and null states, odd names and missing figures loses none of its VMs', async () => {
    const names = ['<script>alert(1)</script>', '🖥️🔥', 'مرحبا بالعالم', 'x'.repeat(10_000), 'vps-5']
    const node = await world.simulate({ vms: names.map((name, index) => vmSeed(index + 1, { name })) })
    node.faults.shownStates = {
      [vmSeed(1).uuid]: null,
      [vmSeed(2).uuid]: 'Blocked',
      [vmSeed(3).uuid]: 'Suspended',
      [vmSeed(4).uuid]: 'Teleporting',
    }
    await world.enrol(node)
    expect(shownStates()).toEqual({
      '<script>alert(1)</script>': 'unknown',
      '🖥️🔥': 'running',
      'مرحبا بالعالم': 'paused',
      ['x'.repeat(10_000)]: 'unknown',
      'vps-5': 'running',
    })
  })

  test('is read VM by VM with what it holds, and what was read is stored at once', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    node.vm('vps-1')?.forceStop()
    await expect(world.nodes.readVm(world.ref(row.id, 1))).resolves.toMatchObject({
      kind: 'present',
      name: 'vps-1',
      state: 'shutoff',
      memoryKiB: 1_048_576,
      vcpus: 2,
    })
    expect(shownStates()).toMatchObject({ 'vps-1': 'shutoff', 'vps-2': 'running' })
  })

  test('whose list began before a newer look at a VM does not overwrite it', async () => {
    const node = await world.simulate({ listDelayMs: 200 })
    const row = await world.enrol(node)
    const before = node.requests.length
    const look = world.nodes.look(row.id)
    await until('the list is under way', () => node.requests.slice(before).some((request) => request.path === '/api/vms'))
    node.faults.shownStates = { [vmSeed(1).uuid]: 'Paused' }
    await world.nodes.readVm(world.ref(row.id, 1))
    node.faults.shownStates = {}
    await expect(look).resolves.toEqual({ ok: true })
    expect(storedStates()).toMatchObject({ 'vps-1': 'paused' })
    await world.nodes.look(row.id)
    expect(storedStates()).toMatchObject({ 'vps-1': 'running' })
  })

  test('is looked at afresh for each caller, who share a look only if it began after they asked', async () => {
    const node = await world.simulate({ listDelayMs: 100 })
    const row = await world.enrol(node)
    const before = node.requests.length
    await Promise.all([world.nodes.look(row.id), world.nodes.look(row.id), world.nodes.look(row.id)])
    expect(node.requests.slice(before).filter((request) => request.path === '/api/vms')).toHaveLength(2)
  })
})

describe('a clock that is set back', () => {
  test('does not stop newer observations from being stored', async () => {
    let now = Date.UTC(2030, 0, 1)
    const early = new FlintWorld({}, { now: () => now })
    try {
      const node = await early.simulate()
      const row = await early.enrol(node)
      now = Date.UTC(2018, 0, 1)
      node.vm('vps-1')?.forceStop()
      await early.nodes.look(row.id)
      expect(shownStates(early)).toMatchObject({ 'vps-1': 'shutoff', 'vps-2': 'running' })
    } finally {
      await early.end()
    }
  })
})

describe('polling', () => {
  test('a dead node among three does not slow the others, and is shown with the age of what was seen', async () => {
    const polled = new FlintWorld({ pollMs: 20 })
    try {
      const nodes = await Promise.all(['a', 'b', 'c'].map((hostname) => polled.simulate({ hostname, vms: [vmSeed(1)] })))
      for (const node of nodes) await polled.enrol(node)
      const [a, b, c] = nodes
      if (!a || !b || !c) throw new Error('three nodes were wanted')
      polled.nodes.start()
      b.faults.hangMs = 30_000
      const looks = (of: typeof a) => of.requests.filter((request) => request.path === '/api/vms').length
      const before = { a: looks(a), c: looks(c) }
      await until('the living are looked at five times', () => looks(a) >= before.a + 5 && looks(c) >= before.c + 5)
      const dead = await until('the dead one is shown as such', () =>
        polled.nodes.rows().find((row) => row.name === 'b' && row.state === 'unreachable'),
      )
      expect(dead.lastSeenAt).toBeLessThanOrEqual(dead.checkedAt ?? 0)
      b.faults.hangMs = 0
      await until('it is back', () => polled.nodes.rows().find((row) => row.name === 'b' && row.state === 'ok'))
      expect(polled.topics).toContain('nodes')
    } finally {
      await polled.end()
    }
  })

  test('ends with the worker: nothing is asked or stored after it stopped', async () => {
    const polled = new FlintWorld({ pollMs: 5 })
    const node = await polled.simulate({ listDelayMs: 100 })
    const row = await polled.enrol(node)
    polled.nodes.start()
    const before = node.requests.length
    await until('a look is under way', () => node.requests.slice(before).some((request) => request.path === '/api/vms'))
    await polled.nodes.stop()
    const after = node.requests.length
    expect(polled.nodes.row(row.id)).toMatchObject({ state: 'ok', problem: null })
    await expect(polled.nodes.look(row.id)).resolves.toMatchObject({ ok: false, error: { code: 'worker.closing' } })
    expect(node.requests.length).toBe(after)
    await polled.end()
  })
})

describe('the fleet', () => {
  test('joins each VM with its service, customer, hold and suspension, as the contract says', async () => {
    const node = await world.simulate()
    const row = await world.enrol(node)
    const uuid = vmSeed(1).uuid
    world.context.db.sqlite.exec(`
      insert into customers (id, first_name, last_name, email, raw, first_seen_at, read_at) values (7, 'Asha', 'Rao', 'asha@example.org', '{}', 0, 0);
      insert into products (id, name, slug, hidden, raw, first_seen_at, read_at) values (3, 'Starter', 'starter', 0, '{}', 0, 0);
      insert into services (id, customer_id, product_id, status, currency, quantity, expires_on, expiry_readable, properties, raw, first_seen_at, read_at)
        values (101, 7, 3, 'active', 'INR', 1, '2026-12-05', 1, '{}', '{}', 0, 0);
      insert into links (service_id, node_id, uuid, vm_name, reason, confirmed_at) values (101, '${row.id}', '${uuid}', 'vps-1', 'test', 0);
      insert into holds (service_id, kind, until, why, "by", created_at) values (101, 'no-stop', '2026-11-20', 'promised', 'operator', 0);
      insert into suspensions (service_id, node_id, uuid, cause, invoice_ids, started_at) values (101, '${row.id}', '${uuid}', 'overdue', '[]', 0);`)
    const on = (today: string) => new Vms(world.context, world.nodes, () => today as Day).list(row.id)
    const listed = methods['vms.list'].output.parse(on('2026-11-20'))
    expect(listed[0]).toMatchObject({
      name: 'vps-1',
      nodeName: 'kvm-a',
      service: { id: asId<ServiceId>(101), status: 'active', productName: 'Starter', customerId: 7, customerName: 'Asha Rao', paidUntil: '2026-12-05' },
      hold: 'no-stop',
      suspended: true,
    })
    expect(listed[1]).toMatchObject({ name: 'vps-2', service: null, hold: null, suspended: false })
    expect(on('2026-11-21')[0]?.hold).toBeNull()
  })

  test('is refreshed over every node, naming those that failed', async () => {
    const [a, b] = [await world.simulate({ hostname: 'a', vms: [vmSeed(1)] }), await world.simulate({ hostname: 'b', vms: [vmSeed(2)] })]
    await world.enrol(a)
    await world.enrol(b)
    b.faults.unreachable = true
    const vms = new Vms(world.context, world.nodes, () => null)
    const power = new Power(world.context, world.nodes, { before: () => {}, forceAfterSeconds: () => 1 })
    const refreshed = methods['vms.refresh'].output.parse(await vmHandlers(vms, power)['vms.refresh']({}))
    expect(refreshed.vms.map((vm) => [vm.name, vm.state])).toEqual([
      ['vps-1', 'running'],
      ['vps-2', 'unknown'],
    ])
    expect(refreshed.failed).toMatchObject([{ name: 'b', error: { code: 'node.unreachable' } }])
    await expect(vms.refresh(asId<NodeId>('nobody'))).rejects.toMatchObject({ code: 'node.unknown' })
  })
})
