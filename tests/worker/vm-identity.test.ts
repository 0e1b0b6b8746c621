// A VM is a node and a UUID, never a name: twins on two nodes, renamed, recreated under the same name, and nodes that misbehave in mid-operation.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { asId, type NodeId, type VmUuid } from '../../shared/domain/ids.ts'
import { vmSeed } from '../helpers/flintWorld.ts'
import { OperationsWorld } from '../helpers/operationsWorld.ts'

let world: OperationsWorld
let node: SimulatedFlintNode
let nodeId: NodeId

beforeEach(async () => {
  world = new OperationsWorld()
  const made = await world.node({ vms: [vmSeed(1, { state: 'Shutoff' }), vmSeed(2)] })
  node = made.node
  nodeId = made.nodeId
})
afterEach(async () => {
  await world.finish()
})

const deletionOf = (name: string) => ({ confirm: name, withDisks: true })

describe('who a VM is', () => {
  test('twins of one UUID on two nodes are two VMs: what is done to one leaves the other alone', async () => {
    const other = await world.node({ hostname: 'kvm-b', vms: [vmSeed(1, { name: 'twin', state: 'Shutoff' })] })
    await world.do['vms.mark']({ ...world.ref(nodeId, 1), tags: ['mine'], isProtected: false })
    expect((await world.do['vms.details'](world.ref(other.nodeId, 1))).marks.tags).toEqual([])
    expect((await world.ended(world.do['vms.delete']({ ...world.ref(nodeId, 1), ...deletionOf('vps-1') }))).error).toBeNull()
    expect(node.vm(vmSeed(1).uuid)).toBeUndefined()
    expect(other.node.vm(vmSeed(1).uuid)?.name).toBe('twin')
    expect((await world.do['vms.details'](world.ref(other.nodeId, 1))).name).toBe('twin')
  })

  test('one that was renamed since it was seen is not deleted under its old name', async () => {
    node.removeVm('vps-1')
    node.addVm(vmSeed(1, { name: 'someone-else', state: 'Shutoff' }))
    const job = await world.ended(world.do['vms.delete']({ ...world.ref(nodeId, 1), ...deletionOf('vps-1') }))
    expect(job.error?.code).toBe('vm.name-changed')
    expect(node.vm('someone-else')).toBeDefined()
  })

  test('one that was recreated under the same name is another VM: it inherits nothing and is not deleted for it', async () => {
    await world.do['vms.mark']({ ...world.ref(nodeId, 1), note: 'the old one', isProtected: true })
    node.removeVm('vps-1')
    const successor = node.addVm(vmSeed(77, { name: 'vps-1', state: 'Shutoff' }))
    await world.nodes.lookAtAll()
    expect((await world.do['vms.details']({ nodeId, uuid: asId<VmUuid>(successor.uuid) })).marks).toMatchObject({
      note: '',
      isProtected: false,
    })
    await world.do['vms.mark']({ ...world.ref(nodeId, 1), isProtected: false })
    const job = await world.ended(world.do['vms.delete']({ ...world.ref(nodeId, 1), ...deletionOf('vps-1') }))
    expect(job.error?.code).toBe('vm.unknown')
    expect(node.vm('vps-1')?.uuid).toBe(successor.uuid)
  })

  test('one that a list left out is still found, shown and protected', async () => {
    node.faults.omitFromList = [vmSeed(1).uuid]
    expect((await world.do['vms.details'](world.ref(nodeId, 1))).name).toBe('vps-1')
    const plan = await world.do['vms.deletionPlan'](world.ref(nodeId, 1))
    expect(plan).toMatchObject({ name: 'vps-1', withDisks: true })
  })
})

describe('a node that misbehaves in the middle of an operation', () => {
  test.each([
    ['hangs', (faults: SimulatedFlintNode['faults']) => (faults.hangMs = 30_000), /^node\.unreachable$/],
    ['drips one byte a second', (faults: SimulatedFlintNode['faults']) => (faults.dripBytesPerSecond = 1), /^node\.unreachable$/],
    ['sends a gigabyte', (faults: SimulatedFlintNode['faults']) => (faults.hugeBodyBytes = 1_073_741_824), /^node\.(?:invalid-answer|unreachable)$/],
    ['closes in the middle', (faults: SimulatedFlintNode['faults']) => (faults.closeMidBody = true), /^node\.invalid-answer$/],
    ['redirects', (faults: SimulatedFlintNode['faults']) => (faults.redirectTo = 'http://127.0.0.1:1/'), /^node\.not-flint$/],
    ['truncates its JSON', (faults: SimulatedFlintNode['faults']) => (faults.truncateBody = true), /^node\.invalid-answer$/],
    ['answers 503 with a page', (faults: SimulatedFlintNode['faults']) => (faults.status = 503), /^node\.unreachable$/],
    ['refuses the key', (faults: SimulatedFlintNode['faults']) => (faults.rejectKey = true), /^node\.unauthorized$/],
  ])(
    '%s: a deletion fails by name and nothing is sent',
    async (_what, fault, code) => {
      fault(node.faults)
      node.requests.length = 0
      const job = await world.ended(world.do['vms.delete']({ ...world.ref(nodeId, 1), ...deletionOf('vps-1') }))
      expect(job.error?.code).toMatch(code)
      expect(node.requests.filter((request) => request.method !== 'GET')).toEqual([])
      expect(node.vm('vps-1')).toBeDefined()
    },
    30_000,
  )
})
