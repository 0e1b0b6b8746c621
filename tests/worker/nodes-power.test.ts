// Power actions end when the VM's own state proves them: obedient, stubborn and lying guests and nodes.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Job } from '../../shared/contract/index.ts'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { insertLink } from '../../db/repositories/links.ts'
import { vmHandlers } from '../../electron/worker/nodes/handlers.ts'
import { Power, type OperatorHand, type PowerWish } from '../../electron/worker/nodes/power.ts'
import { Vms } from '../../electron/worker/nodes/vms.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { powerResult } from '../../shared/contract/vms.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'
import { canaryKey, FlintWorld, vmSeed } from '../helpers/flintWorld.ts'
import { until } from '../helpers/until.ts'

let world: FlintWorld
let node: SimulatedFlintNode
let nodeId: NodeId
let power: Power
let calls: unknown[]
let refusal: Failure | null
let forceAfterSeconds: number

beforeEach(async () => {
  world = new FlintWorld()
  node = await world.simulate({
    vms: [vmSeed(1), vmSeed(2, { stubborn: true }), vmSeed(3, { state: 'Shutoff' }), vmSeed(4, { state: 'Paused' })],
  })
  nodeId = (await world.enrol(node)).id
  calls = []
  refusal = null
  forceAfterSeconds = 1
  const hand: OperatorHand = {
    before: (ref, action, options) => {
      calls.push({ uuid: ref.uuid, action, ...options })
      if (refusal) throw refusal
    },
    forceAfterSeconds: () => forceAfterSeconds,
  }
  power = new Power(world.context, world.nodes, hand, { pollMs: 10, followMs: 1_000 })
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  expect(written).not.toContain(canaryKey)
})

async function run(number: number, action: PowerWish['action'], more: Partial<PowerWish> = {}): Promise<Job> {
  const { jobId } = power.start({ ref: world.ref(nodeId, number), action, ...more })
  return world.context.jobs.wait(jobId)
}

function link(number: number): void {
  insertLink(world.context.db.orm, {
    serviceId: asId<ServiceId>(100 + number),
    ...world.ref(nodeId, number),
    vmName: `vps-${number}`,
    reason: 'test',
    confirmedAt: 1,
  })
}

function actionsSent(): (string | undefined)[] {
  return node.requests.filter((request) => request.path.endsWith('/action')).map((request) => request.action)
}

function proved(name: string, state: string, verified = true) {
  return { state: 'done', error: null, result: { node: 'kvm-a', name, state, verified } }
}

describe('a power action', () => {
  test('stops an obedient guest and waits until it is off', async () => {
    const job = await run(1, 'stop')
    expect(job).toMatchObject(proved('vps-1', 'shutoff'))
    expect(powerResult.parse(job.result).uuid).toBe(vmSeed(1).uuid)
    expect(job.title).toBe('Stop kvm-a/vps-1')
    expect(actionsSent()).toEqual(['stop'])
    expect(node.vm('vps-1')?.state).toBe('Shutoff')
  })

  test('says that a stubborn guest is still running, and leaves it so', async () => {
    const job = await run(2, 'stop')
    expect(job).toMatchObject({
      state: 'failed',
      error: { code: 'vm.still-running', message: expect.stringContaining('still running 1 s') as string },
    })
    expect(actionsSent()).toEqual(['stop'])
    expect(node.vm('vps-2')?.state).toBe('Running')
  })

  test('says of a VM without ACPI that its guest cannot hear a stop, and how it is given a power button', async () => {
    node.addVm(vmSeed(9, { withoutAcpi: true }))
    const job = await run(9, 'stop')
    expect(job.error).toMatchObject({ code: 'vm.still-running', hint: expect.stringContaining('<features><acpi/></features>') as string })
    expect((await run(2, 'stop')).error?.hint).not.toContain('acpi')
    expect(await run(9, 'stop', { force: true })).toMatchObject(proved('vps-9', 'shutoff'))
  })

  test('forces a stubborn guest where that was wished for', async () => {
    expect(await run(2, 'stop', { force: true })).toMatchObject(proved('vps-2', 'shutoff'))
    expect(actionsSent()).toEqual(['stop', 'force-stop'])
  })

  test('switches off, starts, pauses and resumes, each proved', async () => {
    expect(await run(2, 'force-stop')).toMatchObject(proved('vps-2', 'shutoff'))
    expect(await run(2, 'start')).toMatchObject(proved('vps-2', 'running'))
    expect(await run(2, 'pause')).toMatchObject(proved('vps-2', 'paused'))
    expect(await run(2, 'resume')).toMatchObject(proved('vps-2', 'running'))
  })

  test('resumes a paused VM that is to be started', async () => {
    expect(await run(4, 'start')).toMatchObject(proved('vps-4', 'running'))
    expect(actionsSent()).toEqual(['resume'])
  })

  test('that is fulfilled already succeeds without anything being sent', async () => {
    expect(await run(3, 'stop')).toMatchObject(proved('vps-3', 'shutoff'))
    expect(await run(3, 'force-stop')).toMatchObject(proved('vps-3', 'shutoff'))
    expect(await run(1, 'start')).toMatchObject(proved('vps-1', 'running'))
    expect(await run(4, 'pause')).toMatchObject(proved('vps-4', 'paused'))
    expect(actionsSent()).toEqual([])
  })

  test('reboots without claiming a proof', async () => {
    expect(await run(1, 'reboot')).toMatchObject(proved('vps-1', 'running', false))
    expect(actionsSent()).toEqual(['reboot'])
  })

  test.each([
    ['reboot', /it is off/],
    ['pause', /it is off/],
    ['resume', /it is off/],
  ] as const)('to %s a VM that is off is refused in words', async (action, words) => {
    expect(await run(3, action)).toMatchObject({
      state: 'failed',
      error: { code: 'vm.action-refused', message: expect.stringMatching(words) as string },
    })
    expect(actionsSent()).toEqual([])
  })

  test('that libvirt refuses shows its words', async () => {
    node.faults.failPowerActions = true
    expect(await run(1, 'stop')).toMatchObject({
      state: 'failed',
      error: { code: 'vm.action-refused', message: expect.stringContaining('refused to stop') as string },
    })
  })

  test('that was done although the connection was dropped is proved by the state', async () => {
    node.faults.actThenDrop = true
    expect(await run(1, 'stop')).toMatchObject(proved('vps-1', 'shutoff'))
    expect(await run(3, 'start')).toMatchObject(proved('vps-3', 'running'))
    expect(actionsSent()).toEqual(['stop', 'start'])
  })

  test('without an answer and without a proof says that it may have been done or not, and is never sent twice', async () => {
    node.faults.actThenDrop = true
    expect(await run(2, 'stop')).toMatchObject({ state: 'failed', error: { code: 'node.no-answer' } })
    expect(await run(1, 'reboot')).toMatchObject({ state: 'failed', error: { code: 'node.no-answer' } })
    expect(actionsSent()).toEqual(['stop', 'reboot'])
  })

  test('goes on when the node cannot be read for a moment', async () => {
    forceAfterSeconds = 20
    const slow = await world.simulate({ hostname: 'kvm-b', vms: [vmSeed(9, { slowStopMs: 1_500 })] })
    const slowId = (await world.enrol(slow)).id
    const { jobId } = power.start({ ref: world.ref(slowId, 9), action: 'stop' })
    await until('the stop is sent', () => slow.requests.some((request) => request.action === 'stop' && request.status === 200))
    slow.faults.unreachable = true
    await until('the node is seen to be away', () => world.nodes.row(slowId).state === 'unreachable')
    slow.faults.unreachable = false
    expect(await world.context.jobs.wait(jobId)).toMatchObject({ state: 'done', result: { state: 'shutoff' } })
  })

  test.each([
    ['limitedMode', 'node.limited-mode'],
    ['libvirtLost', 'node.libvirt-lost'],
    ['unreachable', 'node.unreachable'],
    ['rejectKey', 'node.unauthorized'],
  ] as const)('on a node that cannot be believed (%s) sends nothing', async (fault, code) => {
    node.faults[fault] = true
    expect(await run(1, 'stop')).toMatchObject({ state: 'failed', error: { code } })
    expect(actionsSent()).toEqual([])
  })

  test('on a VM that is gone or was never there says so', async () => {
    expect(await run(99, 'start')).toMatchObject({ state: 'failed', error: { code: 'vm.unknown' } })
    const handlers = vmHandlers(new Vms(world.context, world.nodes, () => null), power)
    expect(() => handlers['vms.power']({ nodeId, uuid: '../../login', action: 'start' })).toThrow(
      expect.objectContaining({ code: 'vm.unknown' }) as Failure,
    )
    expect(() => handlers['vms.power']({ nodeId: 'nobody', uuid: vmSeed(1).uuid, action: 'start' })).toThrow(
      expect.objectContaining({ code: 'node.unknown' }) as Failure,
    )
  })

  test('can be cancelled while it waits', async () => {
    forceAfterSeconds = 600
    const { jobId } = power.start({ ref: world.ref(nodeId, 2), action: 'stop', force: true })
    await until('it waits', () =>
      world.context.jobs
        .list()
        .find((job) => job.id === jobId)
        ?.label.startsWith('Waiting until'),
    )
    world.context.jobs.cancel(jobId)
    expect(await world.context.jobs.wait(jobId)).toMatchObject({ state: 'cancelled', error: { code: 'job.cancelled' } })
    expect(actionsSent()).toEqual(['stop'])
  })
})

describe('on a linked VM the operator’s hand', () => {
  test('is asked before anything is sent, with the reason and the days', async () => {
    link(1)
    await run(1, 'stop', { why: 'abuse', days: 5 })
    expect(calls).toEqual([{ uuid: vmSeed(1).uuid, action: 'stop', why: 'abuse', days: 5 }])
  })

  test('can refuse, and then nothing is sent', async () => {
    link(1)
    refusal = new Failure('power.reason-needed', 'Say why.')
    expect(await run(1, 'stop')).toMatchObject({ state: 'failed', error: { code: 'power.reason-needed' } })
    expect(actionsSent()).toEqual([])
  })

  test('is asked once for a stop that is then forced, and not at all for other VMs', async () => {
    link(2)
    await run(2, 'stop', { force: true })
    await run(1, 'stop')
    expect(calls).toHaveLength(1)
  })

  test('is not asked when the node cannot be believed', async () => {
    link(1)
    node.faults.limitedMode = true
    await run(1, 'stop')
    expect(calls).toEqual([])
  })
})

describe('an action that automation sends', () => {
  test('tells accepted from already so, and a VM that is not there from a node without libvirt', async () => {
    await expect(world.nodes.sendAction(world.ref(nodeId, 1), 'stop')).resolves.toBe('accepted')
    await expect(world.nodes.sendAction(world.ref(nodeId, 3), 'stop')).resolves.toBe('already')
    await expect(world.nodes.sendAction(world.ref(nodeId, 4), 'start')).resolves.toBe('already')
    await expect(world.nodes.sendAction(world.ref(nodeId, 99), 'start')).rejects.toMatchObject({ code: 'vm.unknown' })
    node.faults.libvirtLost = true
    await expect(world.nodes.sendAction(world.ref(nodeId, 1), 'start')).rejects.toMatchObject({ code: 'node.libvirt-lost' })
    expect(world.nodes.row(nodeId).state).toBe('libvirt-lost')
  })
})
