// Deleting a VM on simulated nodes: the order that works, what may not go along, and nodes that lie about it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { Deletion, type DeletionResult } from '../../electron/worker/nodes/deletion.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../shared/domain/ids.ts'
import { Gateway, type GatewayRequest } from '../helpers/gateway.ts'
import { canaryKey, FlintWorld, vmSeed } from '../helpers/flintWorld.ts'

let world: FlintWorld
let node: SimulatedFlintNode
let nodeId: NodeId
let deletion: Deletion

beforeEach(async () => {
  world = new FlintWorld()
  node = await world.simulate({
    vms: [
      vmSeed(1),
      vmSeed(2, { stubborn: true }),
      vmSeed(3, { state: 'Shutoff' }),
      vmSeed(4, { state: 'Paused' }),
      vmSeed(5, { origin: 'file', state: 'Shutoff' }),
    ],
    images: [
      { name: 'debian-12.qcow2', sizeBytes: 2e9 },
      { name: 'rescue.iso', sizeBytes: 6e8 },
    ],
  })
  nodeId = (await world.enrol(node)).id
  deletion = new Deletion(world.context, world.nodes, { pollMs: 10, followMs: 400 })
})
afterEach(async () => {
  const written = world.everythingWritten()
  await world.end()
  expect(written).not.toContain(canaryKey)
})

const progress = { signal: new AbortController().signal, report: () => undefined }

function run(number: number, name = `vps-${number}`): Promise<DeletionResult> {
  return deletion.run(world.ref(nodeId, number), name, { forceAfterSeconds: 1, wantDisks: true }, progress)
}

function vm(number: number) {
  const found = node.vm(vmSeed(number).uuid)
  if (!found) throw new Error(`vps-${number} is gone`)
  return found
}

async function volumes(): Promise<string[]> {
  const client = await world.nodes.client(nodeId)
  return (await client.library.volumes('flint-image-library')).map((volume) => volume.name)
}

function changesSent(): string[] {
  return node.requests
    .filter((request) => request.method !== 'GET')
    .map((request) => `${request.method} ${request.action ?? request.path.replace(/^.*vms\/[0-9a-f-]+/, '')}`)
}

async function failure(act: Promise<unknown>): Promise<string> {
  try {
    await act
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
  return 'none'
}

describe('deleting a VM', () => {
  test('stops it, deletes its snapshots, then it and its disks, and proves it gone', async () => {
    const client = await world.nodes.client(nodeId)
    await client.machines.createSnapshot(world.ref(nodeId, 1).uuid, 'weekly-1', '')
    await client.machines.createSnapshot(world.ref(nodeId, 1).uuid, 'before update: 2 (a)', 'odd')
    node.requests.length = 0
    const result = await run(1)
    expect(result).toMatchObject({ name: 'vps-1', withDisks: true, keepReasons: [], leftovers: [] })
    expect([...result.snapshotsDeleted].sort()).toEqual(['before update: 2 (a)', 'weekly-1'])
    expect(changesSent()).toHaveLength(4)
    expect(changesSent()[0]).toBe('POST stop')
    expect(changesSent().at(-1)).toBe('DELETE ?deleteDisks=true')
    expect(node.vm(vmSeed(1).uuid)).toBeUndefined()
    expect(await volumes()).not.toContain('vps-1-disk-0.qcow2')
    expect(await world.nodes.readVm(world.ref(nodeId, 1))).toMatchObject({ kind: 'gone' })
  })

  test('forces a guest that does not obey, and one that is paused', async () => {
    await run(2)
    expect(changesSent().slice(-3)).toEqual(['POST stop', 'POST force-stop', 'DELETE ?deleteDisks=true'])
    node.requests.length = 0
    await run(4)
    expect(changesSent()).toEqual(['POST force-stop', 'DELETE ?deleteDisks=true'])
  })

  test('forces at once what has no ACPI and so could never obey', async () => {
    node.addVm(vmSeed(8, { withoutAcpi: true }))
    await run(8)
    expect(changesSent()).toEqual(['POST force-stop', 'DELETE ?deleteDisks=true'])
  })

  test('keeps the disks where a CD image of the library is in the drive, and lists them', async () => {
    vm(3).disks.push({ device: 'cdrom', targetDev: 'sdb', source: { kind: 'file', path: '/var/lib/flint/images/rescue.iso' } })
    const result = await run(3)
    expect(result.withDisks).toBe(false)
    expect(result.keepReasons).toEqual(['/var/lib/flint/images/rescue.iso is a CD image, which others may use'])
    expect(result.leftovers.map((leftover) => leftover.name).sort()).toEqual(['rescue.iso', 'vps-3-cloudinit.iso', 'vps-3-disk-0.qcow2'])
    expect(await volumes()).toEqual(expect.arrayContaining(['vps-3-disk-0.qcow2', 'rescue.iso']))
    expect(changesSent()).toEqual(['DELETE '])
  })

  test('keeps the disks where another VM uses one of them, by whatever name it knows it', async () => {
    vm(1).disks.push({ device: 'disk', targetDev: 'vdb', source: { kind: 'file', path: '/var/lib/flint/images/vps-3-disk-0.qcow2' } })
    const result = await run(3)
    expect(result.withDisks).toBe(false)
    expect(result.keepReasons).toEqual(['/var/lib/flint/images/vps-3-disk-0.qcow2 is used by vps-1 too'])
    expect(await volumes()).toContain('vps-3-disk-0.qcow2')
  })

  test('keeps the disks while a VM of the node cannot be read', async () => {
    node.addVm(vmSeed(9))
    node.faults.omitFromList = [vmSeed(9).uuid]
    const result = await run(3)
    expect(result.withDisks).toBe(false)
    expect(result.keepReasons[0]).toContain('could not be read')
  })

  test('keeps what this console knows to be the base of another VM', async () => {
    deletion = new Deletion(world.context, world.nodes, {
      pollMs: 10,
      followMs: 400,
      builtOn: () => new Map([['vps-3-disk-0.qcow2', ['vps-7']]]),
    })
    const result = await run(3)
    expect(result.keepReasons).toEqual(['/var/lib/flint/images/vps-3-disk-0.qcow2 is what vps-7 was built on'])
  })

  test('lists a disk that lies outside of the pools, which Flint never deletes', async () => {
    const result = await run(5)
    expect(result.withDisks).toBe(true)
    expect(result.leftovers).toEqual([
      { kind: 'file', pool: null, name: 'vps-5.qcow2', path: '/var/lib/libvirt/images/vps-5.qcow2', capacityBytes: null },
    ])
  })

  test('leaves libvirt no name of a file that Flint has removed, over which Flint could list nothing any more', async () => {
    node.refreshPools()
    expect(await volumes()).toContain('vps-3-cloudinit.iso')
    expect(await run(3)).toMatchObject({ withDisks: true, leftovers: [] })
    expect(changesSent()).toEqual(['DELETE ?deleteDisks=true', 'DELETE /api/storage-pools/flint-image-library/volumes/vps-3-cloudinit.iso'])
    expect(await volumes()).not.toContain('vps-3-cloudinit.iso')
  })

  test('keeps the disks where Flint breaks off over a file that somebody else removed, and shows which pool it is', async () => {
    node.refreshPools()
    const client = await world.nodes.client(nodeId)
    await client.machines.delete(world.ref(nodeId, 3).uuid, true)
    expect(await failure(client.library.images())).toBe('storage.list-broken')
    expect(await failure(client.library.volumes('flint-image-library'))).toBe('storage.list-broken')
    expect(await failure(client.library.volumes('no-such-pool'))).toBe('storage.unknown-pool')
    const result = await run(5)
    expect(result.withDisks).toBe(false)
    expect(result.keepReasons).toEqual([
      'what the pool flint-image-library holds cannot be listed, so that who shares a disk of it is not known',
    ])
    expect(await client.library.deleteVolume('flint-image-library', 'vps-3-cloudinit.iso')).toBe('accepted')
    expect(await volumes()).toContain('vps-1-disk-0.qcow2')
  })

  test('does nothing when the name is not the one that was typed', async () => {
    expect(await failure(run(1, 'vps-2'))).toBe('vm.name-changed')
    expect(changesSent()).toEqual([])
  })

  test('says so when Flint reports a delete that it did not do', async () => {
    node.refreshPools()
    node.faults.ignoreDeletes = true
    expect(await failure(run(3))).toBe('vm.still-there')
    expect(node.vm('vps-3')).toBeDefined()
    expect(await volumes()).not.toContain('vps-3-cloudinit.iso')
  })

  test('touches no file of a VM whose delete was lost on its way', async () => {
    const lost = await world.simulate({ hostname: 'lost', vms: [vmSeed(6, { state: 'Shutoff' })] })
    lost.refreshPools()
    const isDelete = ({ method, path }: GatewayRequest): boolean => method === 'DELETE' && path.includes('/api/vms/')
    await using gateway = await Gateway.open(lost.url, {
      before: (request) => {
        if (isDelete(request)) throw new Error('the connection breaks')
        return undefined
      },
    })
    const row = await world.nodes.add('lost', gateway.url, { kind: 'key', value: canaryKey })
    const ref = world.ref(asId<NodeId>(row.id), 6)
    expect(await failure(deletion.run(ref, 'vps-6', { forceAfterSeconds: 1, wantDisks: true }, progress))).toBe('vm.still-there')
    expect(gateway.requests.filter(isDelete)).toHaveLength(1)
    const client = await world.nodes.client(ref.nodeId)
    expect((await client.library.volumes('flint-image-library')).map((volume) => volume.name)).toEqual(expect.arrayContaining(['vps-6-disk-0.qcow2', 'vps-6-cloudinit.iso']))
  })

  test('is done although the answer to the delete was lost', async () => {
    node.refreshPools()
    node.faults.actThenDrop = true
    expect(await run(3)).toMatchObject({ name: 'vps-3', leftovers: [] })
    expect(await volumes()).not.toContain('vps-3-cloudinit.iso')
  })

  test('never takes a 404 for proof while libvirt is away', async () => {
    node.faults.libvirtLost = true
    expect(await failure(run(3))).toBe('node.libvirt-lost')
    expect(changesSent()).toEqual([])
  })

  test('never believes the VM that limited mode invents', async () => {
    node.faults.limitedMode = true
    expect(await failure(run(3))).toBe('node.limited-mode')
    expect(changesSent()).toEqual([])
  })
})

describe('a step of a deletion', () => {
  test('is done again without harm', async () => {
    const ref = world.ref(nodeId, 1)
    const client = await world.nodes.client(nodeId)
    await client.machines.createSnapshot(ref.uuid, 'final', '')
    expect(await deletion.ensureOff(ref, 1, progress)).toBe('stopped')
    expect(await deletion.ensureOff(ref, 1, progress)).toBe('already')
    expect(await deletion.deleteSnapshots(ref, progress)).toEqual(['final'])
    expect(await deletion.deleteSnapshots(ref, progress)).toEqual([])
    expect((await deletion.deleteVm(ref, 'vps-1', true, progress)).outcome).toBe('deleted')
    expect((await deletion.deleteVm(ref, 'vps-1', true, progress)).outcome).toBe('already')
    expect(await deletion.ensureOff(ref, 1, progress)).toBe('gone')
    expect(await deletion.deleteSnapshots(ref, progress)).toEqual([])
    expect(await deletion.plan(ref)).toBeNull()
  })

  test('refuses to delete a VM that runs, or that has snapshots', async () => {
    const ref = world.ref(nodeId, 3)
    expect(await failure(deletion.deleteVm(world.ref(nodeId, 1), 'vps-1', true, progress))).toBe('vm.not-off')
    const client = await world.nodes.client(nodeId)
    await client.machines.createSnapshot(ref.uuid, 'final', '')
    node.requests.length = 0
    expect(await failure(deletion.deleteVm(ref, 'vps-3', true, progress))).toBe('snapshot.remains')
    expect(changesSent()).toEqual([])
  })

  test('leaves the disks when that is wished', async () => {
    const ref = world.ref(nodeId, 3)
    expect(await deletion.deleteVm(ref, 'vps-3', false, progress)).toMatchObject({ outcome: 'deleted', withDisks: false })
    expect(await volumes()).toContain('vps-3-disk-0.qcow2')
  })
})
