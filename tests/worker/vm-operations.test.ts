// Operations on single VMs and on many: details, snapshots, marks, what is attached, and bulk power with a result per VM.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertLink } from '../../db/repositories/links.ts'
import { coverBySuspension } from '../../db/repositories/suspensions.ts'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { bulkResult } from '../../shared/contract/operations.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'
import { vmSeed } from '../helpers/flintWorld.ts'
import { OperationsWorld } from '../helpers/operationsWorld.ts'
import { until } from '../helpers/until.ts'

let world: OperationsWorld
let node: SimulatedFlintNode
let nodeId: NodeId

beforeEach(async () => {
  world = new OperationsWorld()
  const made = await world.node({ vms: [vmSeed(1), vmSeed(2, { stubborn: true }), vmSeed(3, { state: 'Shutoff' })] })
  node = made.node
  nodeId = made.nodeId
})
afterEach(async () => {
  await world.finish()
})

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)
  }
}

describe('one VM', () => {
  test('is shown in full, with its snapshots and marks', async () => {
    const ref = world.ref(nodeId, 1)
    await world.ended(world.do['snapshots.create']({ ...ref, name: 'weekly-1', description: 'before the update' }))
    await world.do['vms.mark']({ ...ref, note: ' Pays late ', tags: ['Shop', 'gold', 'shop'] })
    const details = await world.do['vms.details'](ref)
    expect(details).toMatchObject({ name: 'vps-1', state: 'running', marks: { note: 'Pays late', tags: ['gold', 'shop'] } })
    expect(details.snapshots).toMatchObject([{ name: 'weekly-1', state: 'running', description: 'before the update' }])
    expect(details.disks.map((disk) => disk.path)).toEqual([
      '/var/lib/flint/images/vps-1-disk-0.qcow2',
      '/var/lib/flint/images/vps-1-cloudinit.iso',
    ])
    expect(world.recorded()).toEqual(expect.arrayContaining(['snapshot.created', 'vm.marked']))
  })

  test('is reverted only with its name typed, and not when that would start a suspended customer', async () => {
    const ref = world.ref(nodeId, 1)
    await world.ended(world.do['snapshots.create']({ ...ref, name: 'weekly-1', description: '' }))
    expect(await refusal(() => world.do['snapshots.revert']({ ...ref, name: 'weekly-1', confirm: 'weekly-1' }))).toBe('confirm.needed')
    expect(await world.ended(world.do['snapshots.revert']({ ...ref, name: 'weekly-1', confirm: 'vps-1' }))).toMatchObject({ state: 'done' })
    expect((await world.ended(world.do['snapshots.revert']({ ...ref, name: 'nope', confirm: 'vps-1' }))).error?.code).toBe(
      'snapshot.unknown',
    )
    const serviceId = asId<ServiceId>(7)
    const { orm } = world.context.db
    insertLink(orm, { serviceId, ...ref, vmName: 'vps-1', reason: 'test', confirmedAt: 1 })
    coverBySuspension(orm, {
      serviceId,
      ...ref,
      cause: 'overdue',
      invoiceIds: [],
      startedAt: 1,
      stopSentAt: null,
      verifiedAt: 1,
      endedAt: null,
      endedBy: null,
    })
    expect((await world.ended(world.do['snapshots.revert']({ ...ref, name: 'weekly-1', confirm: 'vps-1' }))).error?.code).toBe(
      'snapshot.would-start',
    )
  })

  test('loses a snapshot, proved by the list; one whose answer was lost is found there', async () => {
    const ref = world.ref(nodeId, 3)
    node.faults.actThenDrop = true
    expect(await world.ended(world.do['snapshots.create']({ ...ref, name: 'a', description: '' }))).toMatchObject({
      state: 'done',
      result: { name: 'a' },
    })
    node.faults.actThenDrop = false
    expect((await world.ended(world.do['snapshots.create']({ ...ref, name: 'a', description: '' }))).error?.code).toBe('snapshot.exists')
    expect(await world.ended(world.do['snapshots.delete']({ ...ref, name: 'a', confirm: 'a' }))).toMatchObject({ state: 'done' })
    expect((await world.do['vms.details'](ref)).snapshots).toEqual([])
  })

  test('keeps a snapshot’s description as it was typed, whatever that means in XML', async () => {
    const ref = world.ref(nodeId, 1)
    const description = 'before & after <b>"it\u2019s"</b> 5 > 4 &amp; \u0007ring\nsecond line'
    const made = await world.ended(world.do['snapshots.create']({ ...ref, name: 'odd', description }))
    expect(made.state).toBe('done')
    const { snapshots } = await world.do['vms.details'](ref)
    expect(snapshots.map((snapshot) => snapshot.description)).toEqual([description.replace('\u0007', '')])
  })

  test('gets a disk while it runs, never one that another VM uses', async () => {
    const pool = 'flint-image-library'
    await world.do['storage.createVolume']({ nodeId, pool, name: 'extra.qcow2', sizeGiB: 1 })
    expect(await refusal(() => world.do['vms.attachDisk']({ ...world.ref(nodeId, 3), pool, volume: 'extra.qcow2', target: 'vdb' }))).toBe(
      'vm.not-running',
    )
    expect(
      await refusal(() => world.do['vms.attachDisk']({ ...world.ref(nodeId, 1), pool, volume: 'vps-3-disk-0.qcow2', target: 'vdb' })),
    ).toBe('storage.in-use')
    await world.do['vms.attachDisk']({ ...world.ref(nodeId, 1), pool, volume: 'extra.qcow2', target: 'vdb' })
    expect((await world.do['vms.details'](world.ref(nodeId, 1))).disks.map((disk) => disk.target)).toContain('vdb')
    expect(await refusal(() => world.do['vms.attachDisk']({ ...world.ref(nodeId, 2), pool, volume: 'extra.qcow2', target: 'vdb' }))).toBe(
      'storage.in-use',
    )
  })

  test('gets an interface only on a network that is there, for Flint writes any name into the definition of a VM that is off', async () => {
    const off = { ...world.ref(nodeId, 3), model: 'virtio' as const }
    const attach = (network: string) => world.do['vms.attachInterface']({ ...off, network })
    expect(await refusal(() => attach('no-such-network'))).toBe('network.unknown')
    expect(await refusal(() => attach('virbr0'))).toBe('network.unknown')
    await attach('default')
    await attach('eth0')
    expect((await world.do['vms.details'](off)).nics.map((nic) => nic.source)).toEqual(['default', 'default', 'eth0'])
    const client = await world.nodes.client(nodeId)
    expect(await client.act(off.uuid, 'start')).toBe('accepted')
    await client.act(off.uuid, 'force-stop')
    await client.machines.attachInterface(off.uuid, 'no-such-network', 'virtio')
    await expect(client.act(off.uuid, 'start')).rejects.toMatchObject({ code: 'vm.action-refused', message: expect.stringContaining('Network not found') as string })
    await client.library.changeNetwork('default', 'stop')
    expect(await refusal(() => world.do['vms.attachInterface']({ ...world.ref(nodeId, 1), network: 'default', model: 'virtio' }))).toBe('network.inactive')
  })

  test('the plan of its deletion says what would go', async () => {
    const plan = await world.do['vms.deletionPlan'](world.ref(nodeId, 3))
    expect(plan).toMatchObject({ name: 'vps-3', state: 'shutoff', withDisks: true, keepReasons: [], isProtected: false })
    expect(plan.disks).toHaveLength(2)
  })
})

describe('many VMs', () => {
  const refs = (...numbers: number[]) => numbers.map((number) => world.ref(nodeId, number))

  test('each ends with a result of its own', async () => {
    const job = await world.ended(world.do['vms.powerMany']({ vms: refs(1, 2, 3), action: 'stop' }))
    const { rows } = bulkResult.parse(job.result)
    const byName = Object.fromEntries(rows.map((row) => [row.name, `${row.outcome} ${row.error?.code ?? row.state ?? ''}`]))
    expect(byName).toEqual({ 'vps-1': 'done shutoff', 'vps-2': 'failed vm.still-running', 'vps-3': 'done shutoff' })
    expect(job.state).toBe('done')
  })

  test('at most two at a time on one node, several nodes side by side', async () => {
    const many = await world.node({ hostname: 'kvm-m', stopDelayMs: 150, vms: [11, 12, 13, 14, 15, 16].map((number) => vmSeed(number)) })
    const started = world.do['vms.powerMany']({
      vms: [11, 12, 13, 14, 15, 16].map((number) => world.ref(many.nodeId, number)),
      action: 'stop',
    })
    let most = 0
    const running = () => world.context.jobs.list().filter((job) => job.kind === 'power' && job.state === 'running').length
    await until('all have ended', async () => {
      most = Math.max(most, running())
      return world.context.jobs.list().some((job) => job.kind === 'bulk' && job.state !== 'running')
    })
    expect(most).toBe(2)
    expect(bulkResult.parse((await world.ended(started)).result).rows.filter((row) => row.outcome === 'done')).toHaveLength(6)
  })

  test('cancelled, it begins no more and says so of the rest', async () => {
    const many = await world.node({ hostname: 'kvm-m', vms: [11, 12, 13, 14].map((number) => vmSeed(number, { stubborn: true })) })
    const { jobId } = await world.do['vms.powerMany']({
      vms: [11, 12, 13, 14].map((number) => world.ref(many.nodeId, number)),
      action: 'stop',
    })
    await until('two stops were sent', () => many.node.requests.filter((request) => request.action === 'stop').length === 2)
    world.context.jobs.cancel(jobId)
    const { rows } = bulkResult.parse((await world.context.jobs.wait(jobId)).result)
    expect(rows.map((row) => row.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
    expect(many.node.requests.filter((request) => request.action === 'stop')).toHaveLength(2)
  })

  test('forcing many off needs the words typed', async () => {
    expect(await refusal(() => world.do['vms.powerMany']({ vms: refs(1, 2), action: 'force-stop' }))).toBe('confirm.needed')
    expect(await refusal(() => world.do['vms.powerMany']({ vms: refs(1, 2), action: 'force-stop', confirm: 'force stop 2' }))).toBe('none')
  })
})
