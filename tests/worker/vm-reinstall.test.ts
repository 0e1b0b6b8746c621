// Reinstalling a VM: name, size and everything kept about it stay, the UUID changes; an interruption at any step is picked up.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertLink, linkOfVm } from '../../db/repositories/links.ts'
import { putHold } from '../../db/repositories/holds.ts'
import { coverBySuspension, suspensionInForce } from '../../db/repositories/suspensions.ts'
import { marksOf } from '../../db/repositories/vmMarks.ts'
import { tablesThatMove } from '../../db/repositories/vmMove.ts'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { createdVm } from '../../shared/contract/operations.ts'
import { asId, type NodeId, type ServiceId, type VmRef, type VmUuid } from '../../shared/domain/ids.ts'
import { vmSeed } from '../helpers/flintWorld.ts'
import { OperationsWorld } from '../helpers/operationsWorld.ts'

let world: OperationsWorld
let node: SimulatedFlintNode
let nodeId: NodeId
let ref: VmRef
const serviceId = asId<ServiceId>(101)

beforeEach(async () => {
  world = new OperationsWorld()
  const made = await world.node({
    vms: [vmSeed(1), vmSeed(2)],
    images: [
      { name: 'debian-12.qcow2', sizeBytes: 2e9 },
      { name: 'ubuntu-24.04.qcow2', sizeBytes: 2e9 },
    ],
  })
  node = made.node
  nodeId = made.nodeId
  ref = world.ref(nodeId, 1)
  const { orm } = world.context.db
  world.context.db.transaction(() => {
    insertLink(orm, { serviceId, ...ref, vmName: 'vps-1', reason: 'test', confirmedAt: 1 })
    putHold(orm, { serviceId, kind: 'no-stop', until: null, why: 'test', by: 'test', createdAt: 1 })
  })
  await world.do['vms.mark']({ ...ref, note: 'Likes Debian', tags: ['gold', 'shop'] })
})
afterEach(async () => {
  await world.finish()
})

function wish(change: { confirm?: string; imageName?: string; start?: boolean; password?: boolean } = {}) {
  const cloudInit = { hostname: '', username: 'root', password: change.password ?? true, sshKeys: '', packages: [], network: null }
  return {
    ...ref,
    confirm: change.confirm ?? 'vps-1',
    imageName: change.imageName ?? 'ubuntu-24.04.qcow2',
    diskGiB: 20,
    start: change.start ?? true,
    cloudInit,
  }
}

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'not a failure'
  }
}

function newRef(): VmRef {
  return { nodeId, uuid: asId<VmUuid>(node.vm('vps-1')?.uuid ?? '?') }
}

function expectMoved(): void {
  const { orm } = world.context.db
  const to = newRef()
  expect(to.uuid).not.toBe(ref.uuid)
  expect(linkOfVm(orm, ref)).toBeNull()
  expect(linkOfVm(orm, to)?.serviceId).toBe(serviceId)
  expect(marksOf(orm, to)).toEqual({ note: 'Likes Debian', tags: ['gold', 'shop'], isProtected: false, builtFrom: 'ubuntu-24.04.qcow2' })
  expect(world.audit.differingRows()).toEqual([])
  expect(world.do['vms.reinstalls']({})).toEqual([])
}

describe('reinstalling', () => {
  test('keeps the name and the size, and moves what is kept here to the new UUID', async () => {
    const job = await world.ended(world.do['vms.reinstall'](wish()))
    expect(job.error).toBeNull()
    const made = createdVm.parse(job.result)
    expect(made).toMatchObject({ name: 'vps-1', uuid: newRef().uuid, warning: null })
    expect(node.vm('vps-1')).toMatchObject({ state: 'Running', memoryKiB: 1_048_576, vcpus: 2, diskGiB: 20 })
    expect(node.vm('vps-1')?.disks[0]?.backingImage).toBe('ubuntu-24.04.qcow2')
    expectMoved()
    const { password } = await world.do['vms.takePassword']({ id: made.passwordId ?? '' })
    expect(password).toHaveLength(20)
    expect(world.everythingWritten()).not.toContain(password ?? '?')
    expect(world.recorded()).toEqual(expect.arrayContaining(['vm.reinstall-begun', 'link.removed', 'link.confirmed', 'vm.reinstalled']))
  })

  test('leaves the VM of a suspended customer off, and its suspension on the new one', async () => {
    const { orm } = world.context.db
    coverBySuspension(orm, {
      serviceId,
      ...ref,
      cause: 'overdue',
      invoiceIds: [],
      startedAt: 1,
      stopSentAt: 1,
      verifiedAt: 1,
      endedAt: null,
      endedBy: null,
    })
    const job = await world.ended(world.do['vms.reinstall'](wish()))
    expect(createdVm.parse(job.result).warning).toContain('suspended')
    expect(node.vm('vps-1')?.state).toBe('Shutoff')
    expect(suspensionInForce(orm, serviceId)?.uuid).toBe(newRef().uuid)
  })

  test('moves every table that names a VM, but for history', () => {
    expect(tablesThatMove(world.context.db)).toEqual(expect.arrayContaining(['vm_marks', 'suspensions']))
    expect(tablesThatMove(world.context.db)).not.toEqual(expect.arrayContaining(['audit']))
  })

  test('asks for the name, and refuses a protected VM', async () => {
    expect(await refusal(() => world.do['vms.reinstall'](wish({ confirm: 'vps-2' })))).toBe('confirm.needed')
    await world.do['vms.mark']({ ...ref, isProtected: true })
    expect(await refusal(() => world.do['vms.reinstall'](wish()))).toBe('vm.protected')
    expect(await refusal(() => world.do['vms.delete']({ ...ref, confirm: 'vps-1', withDisks: true }))).toBe('vm.protected')
  })

  test('deletes nothing when the new one could not be made, or the disks must stay', async () => {
    expect((await world.ended(world.do['vms.reinstall'](wish({ imageName: 'nope.qcow2' })))).error?.code).toBe('image.unknown')
    node.vm('vps-2')?.disks.push({ device: 'disk', targetDev: 'vdb', source: { kind: 'volume', volume: 'vps-1-disk-0.qcow2' } })
    expect((await world.ended(world.do['vms.reinstall'](wish()))).error?.code).toBe('vm.disks-must-stay')
    expect(node.vm(ref.uuid)?.state).toBe('Running')
    expect(world.do['vms.reinstalls']({})).toEqual([])
  })
})

describe('an interrupted reinstallation', () => {
  /** Leaves it as a crash would: the row says how far it came. */
  async function interrupted(step: 'deleting' | 'creating' | 'moving'): Promise<void> {
    node.faults.ignoreDeletes = true
    const job = await world.ended(world.do['vms.reinstall'](wish()))
    expect(job.error?.code).toBe('vm.still-there')
    node.faults.ignoreDeletes = false
    expect(world.do['vms.reinstalls']({})).toMatchObject([
      { vmName: 'vps-1', step: 'deleting', running: false, error: { code: 'vm.still-there' } },
    ])
    if (step !== 'deleting') world.context.db.sqlite.prepare('update reinstalls set step = ?').run(step)
  }

  function runningJobs() {
    return world.context.jobs.list().filter((job) => job.title.startsWith('Reinstall') && job.state === 'running')
  }

  test('is taken up by the next worker, whatever was done already', async () => {
    await interrupted('deleting')
    await world.reopen()
    world.begin()
    const [job] = runningJobs()
    expect(job).toBeDefined()
    const end = await world.context.jobs.wait(job?.id ?? '')
    expect(end.error).toBeNull()
    expectMoved()
    expect(createdVm.parse(end.result).passwordId).not.toBeNull()
  })

  test('does not make the VM twice when it was made before the crash', async () => {
    await interrupted('creating')
    node.removeVm('vps-1')
    node.addVm({ ...vmSeed(7), name: 'vps-1' })
    await world.reopen()
    world.begin()
    const end = await world.context.jobs.wait(runningJobs()[0]?.id ?? '')
    expect(end.error).toBeNull()
    expect(createdVm.parse(end.result).uuid).toBe(vmSeed(7).uuid)
    expect(createdVm.parse(end.result).warning).toContain('password was lost')
    expect(node.vms().filter((vm) => vm.name === 'vps-1')).toHaveLength(1)
    expectMoved()
  })

  test('blocks another destructive act on the VM until it is taken up or given up', async () => {
    await interrupted('deleting')
    expect(await refusal(() => world.do['vms.delete']({ ...ref, confirm: 'vps-1', withDisks: true }))).toBe('vm.busy')
    const [row] = world.do['vms.reinstalls']({}) as { id: string }[]
    expect(await refusal(() => world.do['vms.giveUpReinstall']({ id: row?.id ?? '', confirm: 'x' }))).toBe('confirm.needed')
    await world.do['vms.giveUpReinstall']({ id: row?.id ?? '', confirm: 'vps-1' })
    expect(world.do['vms.reinstalls']({})).toEqual([])
    expect((await world.ended(world.do['vms.delete']({ ...ref, confirm: 'vps-1', withDisks: true }))).error).toBeNull()
    expect(linkOfVm(world.context.db.orm, ref)).toBeNull()
  })
})
