// Storage, images, networks, filters and the fleet's timeline over simulated nodes: who uses what, what is refused, what is proved.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import type { MethodName, MethodOutput } from '../../shared/contract/index.ts'
import { methods } from '../../shared/contract/index.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { vmSeed } from '../helpers/flintWorld.ts'
import { OperationsWorld } from '../helpers/operationsWorld.ts'
import { until } from '../helpers/until.ts'

let world: OperationsWorld
let node: SimulatedFlintNode
let nodeId: NodeId
const pool = 'flint-image-library'

beforeEach(async () => {
  world = new OperationsWorld()
  const made = await world.node({
    vms: [vmSeed(1), vmSeed(2, { state: 'Shutoff' })],
    images: [
      { name: 'debian-12.qcow2', sizeBytes: 2e9 },
      { name: 'rescue.iso', sizeBytes: 6e8 },
    ],
    downloadMs: 150,
  })
  node = made.node
  nodeId = made.nodeId
})
afterEach(async () => {
  await world.finish()
})

/** The answer as it crosses the line: parsed by the contract. */
async function answer<M extends MethodName>(method: M, value: unknown): Promise<MethodOutput<M>> {
  return methods[method].output.parse(await value) as MethodOutput<M>
}

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error)
  }
}

async function volumes(): Promise<Record<string, string>> {
  const view = await answer('storage.list', world.do['storage.list']({ nodeId }))
  return Object.fromEntries(
    view.pools.flatMap((one) => one.volumes.map((volume) => [volume.name, `${volume.kind}: ${volume.usedBy.join(' ')}`.trim()])),
  )
}

describe('pools', () => {
  test('are made over a folder, once, and hold volumes of their own', async () => {
    await world.do['storage.createPool']({ nodeId, name: 'fast', path: '/srv/fast' })
    await world.do['storage.createVolume']({ nodeId, pool: 'fast', name: 'data.qcow2', sizeGiB: 3 })
    const { pools } = await answer('storage.list', world.do['storage.list']({ nodeId }))
    expect(pools.map(({ name }) => name)).toEqual([pool, 'fast'])
    expect(pools[1]?.volumes).toMatchObject([{ name: 'data.qcow2', path: '/srv/fast/data.qcow2', kind: 'orphan' }])
    expect(await refusal(() => world.do['storage.createPool']({ nodeId, name: 'fast', path: '/srv/other' }))).toBe('storage.refused')
    expect(world.recorded()).toEqual(expect.arrayContaining(['storage.pool-created']))
  })
})

describe('volumes', () => {
  test('are told apart: disks, images, and what no VM uses', async () => {
    node.addVm(vmSeed(8, { state: 'Shutoff' }))
    node.removeVm('vps-8')
    expect(await volumes()).toEqual({
      'vps-1-disk-0.qcow2': 'disk: vps-1',
      'vps-2-disk-0.qcow2': 'disk: vps-2',
      'vps-8-disk-0.qcow2': 'orphan:',
      'debian-12.qcow2': 'image: vps-1',
      'rescue.iso': 'image:',
    })
  })

  test('none is called an orphan while a VM cannot be read', async () => {
    node.addVm(vmSeed(8, { state: 'Shutoff' }))
    node.removeVm('vps-8')
    node.addVm(vmSeed(9))
    node.faults.omitFromList = [vmSeed(9).uuid]
    expect((await volumes())['vps-8-disk-0.qcow2']).toBe('unproved:')
    expect(
      await refusal(() => world.do['storage.deleteVolume']({ nodeId, pool, name: 'vps-8-disk-0.qcow2', confirm: 'vps-8-disk-0.qcow2' })),
    ).toBe('storage.unproved')
  })

  test('are made, grown and deleted, each recorded', async () => {
    await world.do['storage.createVolume']({ nodeId, pool, name: 'extra.qcow2', sizeGiB: 1 })
    expect(await refusal(() => world.do['storage.resizeVolume']({ nodeId, pool, name: 'extra.qcow2', sizeGiB: 1 }))).toBe('storage.shrink')
    await world.do['storage.resizeVolume']({ nodeId, pool, name: 'extra.qcow2', sizeGiB: 3 })
    expect(await refusal(() => world.do['storage.deleteVolume']({ nodeId, pool, name: 'extra.qcow2', confirm: 'extra' }))).toBe(
      'confirm.needed',
    )
    await world.do['storage.deleteVolume']({ nodeId, pool, name: 'extra.qcow2', confirm: 'extra.qcow2' })
    expect(await volumes()).not.toHaveProperty('extra.qcow2')
    expect(world.recorded()).toEqual(expect.arrayContaining(['storage.volume-created', 'storage.volume-resized', 'storage.volume-deleted']))
  })

  test('one in use is neither deleted nor resized under a running guest', async () => {
    expect(
      await refusal(() => world.do['storage.deleteVolume']({ nodeId, pool, name: 'vps-2-disk-0.qcow2', confirm: 'vps-2-disk-0.qcow2' })),
    ).toBe('storage.in-use')
    expect(await refusal(() => world.do['storage.resizeVolume']({ nodeId, pool, name: 'vps-1-disk-0.qcow2', sizeGiB: 50 }))).toBe(
      'storage.in-use',
    )
    await world.do['storage.resizeVolume']({ nodeId, pool, name: 'vps-2-disk-0.qcow2', sizeGiB: 50 })
  })
})

describe('images', () => {
  test('show which VMs are built on them, and are not deleted from under them unawares', async () => {
    const { images } = await answer('images.list', world.do['images.list']({ nodeId }))
    expect(images.find((image) => image.name === 'debian-12.qcow2')?.builtOn).toEqual(['vps-1'])
    expect(images.find((image) => image.name === 'vps-2-disk-0.qcow2')?.diskOf).toBe('vps-2')
    const remove = (breaks: number) => world.do['images.delete']({ nodeId, name: 'debian-12.qcow2', confirm: 'debian-12.qcow2', breaks })
    expect(await refusal(() => remove(0))).toBe('image.breaks')
    expect(
      await refusal(() => world.do['images.delete']({ nodeId, name: 'vps-2-disk-0.qcow2', confirm: 'vps-2-disk-0.qcow2', breaks: 0 })),
    ).toBe('image.is-a-disk')
    await remove(1)
    expect(await volumes()).not.toHaveProperty('debian-12.qcow2')
  })

  test('a VM that this console made is known to be built on its image though it is off', async () => {
    const cloudInit = null
    await world.ended(
      world.do['vms.create']({
        nodeId,
        name: 'vps-9',
        memoryMiB: 512,
        vcpus: 1,
        diskGiB: 5,
        imageName: 'debian-12.qcow2',
        networkName: '',
        start: false,
        cloudInit,
      }),
    )
    const { images } = await answer('images.list', world.do['images.list']({ nodeId }))
    expect(images.find((image) => image.name === 'debian-12.qcow2')?.builtOn).toEqual(['vps-1', 'vps-9'])
  })

  test('a file of the node is imported, once', async () => {
    const job = await world.ended(world.do['images.import']({ nodeId, path: '/srv/images/almalinux-9.qcow2' }))
    expect(job).toMatchObject({ state: 'done', result: { name: 'almalinux-9.qcow2' } })
    expect((await world.ended(world.do['images.import']({ nodeId, path: '/srv/images/almalinux-9.qcow2' }))).error?.code).toBe(
      'image.exists',
    )
    expect((await world.ended(world.do['images.import']({ nodeId, path: '/srv/images/nope.qcow2' }))).error?.code).toBe('image.refused')
  })

  test('an offer is downloaded and followed until the library has it', async () => {
    const source = { kind: 'offer', id: 'fedora-39' } as const
    const job = await world.ended(world.do['images.download']({ nodeId, source }))
    expect(job).toMatchObject({ state: 'done', result: { name: 'fedora-39.qcow2' } })
  })

  test('a download that the node throws away is a failure', async () => {
    node.faults.failDownloads = true
    const job = await world.ended(world.do['images.download']({ nodeId, source: { kind: 'offer', id: 'fedora-39' } }))
    expect(job.error?.code).toBe('image.download-failed')
  })

  test('one that Flint would refuse without a word is refused with one', async () => {
    const source = { kind: 'offer', id: 'fedora-39' } as const
    await world.ended(world.do['images.download']({ nodeId, source }))
    await world.do['images.delete']({ nodeId, name: 'fedora-39.qcow2', confirm: 'fedora-39.qcow2', breaks: 0 })
    expect((await world.ended(world.do['images.download']({ nodeId, source }))).error?.code).toBe('image.half-there')
  })

  test('one from any address gets the name that Flint gives it', async () => {
    const source = { kind: 'url', url: 'https://images.example/alpine.qcow2', name: 'alpine.qcow2' } as const
    const job = await world.ended(world.do['images.download']({ nodeId, source }))
    expect(job.result).toMatchObject({ name: expect.stringMatching(/^flint-download-\d+-alpine\.qcow2$/) as string })
  })
})

describe('networks and filters', () => {
  test('networks show who is on them; one in use is not deleted', async () => {
    const list = async () => (await answer('networks.list', world.do['networks.list']({ nodeId }))).networks
    expect(await list()).toMatchObject([{ name: 'default', isActive: true, usedBy: ['vps-1', 'vps-2'] }])
    await world.do['networks.create']({ nodeId, name: 'lan', bridge: 'virbr7' })
    await world.do['vms.attachInterface']({ ...world.ref(nodeId, 2), network: 'lan', model: 'virtio' })
    expect((await list()).find((network) => network.name === 'lan')?.usedBy).toEqual(['vps-2'])
    expect(await refusal(() => world.do['networks.delete']({ nodeId, name: 'lan', confirm: 'lan' }))).toBe('network.in-use')
    expect(await refusal(() => world.do['networks.change']({ nodeId, name: 'lan', action: 'stop' }))).toBe('confirm.needed')
    await world.do['networks.change']({ nodeId, name: 'lan', action: 'stop', confirm: 'lan' })
    expect((await list()).find((network) => network.name === 'lan')?.isActive).toBe(false)
    node.removeVm('vps-2')
    await world.do['networks.delete']({ nodeId, name: 'lan', confirm: 'lan' })
    expect(await list()).toHaveLength(1)
    expect(await refusal(() => world.do['networks.delete']({ nodeId, name: 'default', confirm: 'default' }))).toBe('network.refused')
  })

  test('filters are made and read back; one that Flint’s form cannot express is left alone', async () => {
    const rule = {
      action: 'drop',
      direction: 'in',
      priority: 100,
      protocol: 'tcp',
      sourceAddress: '',
      destinationAddress: '',
      sourcePort: '',
      destinationPort: '25',
    } as const
    await world.do['filters.put']({ nodeId, name: 'no-mail', rules: [rule], replace: false })
    const rows = await answer('filters.list', world.do['filters.list']({ nodeId }))
    expect(rows.find((row) => row.name === 'no-mail')).toMatchObject({ rules: [rule], isEditable: true })
    expect(rows.find((row) => row.name === 'clean-traffic')).toMatchObject({
      isEditable: false,
      includes: ['no-mac-spoofing', 'no-ip-spoofing'],
    })
    expect(await refusal(() => world.do['filters.put']({ nodeId, name: 'clean-traffic', rules: [rule], replace: true }))).toBe(
      'filter.not-editable',
    )
    expect(await refusal(() => world.do['filters.put']({ nodeId, name: 'no-mail', rules: [], replace: false }))).toBe('filter.exists')
    const wider = [rule, { ...rule, protocol: 'udp', destinationPort: '53' }] as const
    await world.do['filters.put']({ nodeId, name: 'no-mail', rules: [...wider], replace: true })
    const changed = await answer('filters.list', world.do['filters.list']({ nodeId }))
    expect(changed.filter((row) => row.name === 'no-mail')).toMatchObject([{ rules: wider }])
    const refused = world.do['filters.put']({ nodeId, name: 'no-mail', rules: [{ ...rule, destinationPort: '99999' }], replace: true })
    await expect(refused).rejects.toMatchObject({ code: 'filter.refused' })
    const restored = await answer('filters.list', world.do['filters.list']({ nodeId }))
    expect(restored.filter((row) => row.name === 'no-mail')).toMatchObject([{ rules: wider }])
    const client = await world.nodes.client(nodeId)
    await expect(client.library.putFilter('no-mail', [rule], true)).rejects.toMatchObject({ code: 'filter.not-redefined' })
    await world.do['filters.delete']({ nodeId, name: 'no-mail', confirm: 'no-mail' })
    expect((await answer('filters.list', world.do['filters.list']({ nodeId }))).map((row) => row.name)).toEqual(['clean-traffic'])
  })
})

describe('the timeline', () => {
  test('keeps what every node did, after Flint has forgotten it', async () => {
    const other = await world.node({ hostname: 'kvm-b', vms: [vmSeed(5)] })
    world.begin()
    await world.nodes.sendAction(world.ref(nodeId, 1), 'pause')
    await world.nodes.sendAction(world.ref(other.nodeId, 5), 'reboot')
    const list = async () => answer('activity.list', world.do['activity.list']({}))
    await until('both events are read', async () => (await list()).length === 2)
    await node.stop()
    await node.start()
    const rows = await list()
    expect(rows.map((row) => `${row.nodeName} ${row.action} ${row.target}`).sort()).toEqual([
      'kvm-a VM Paused vps-1',
      'kvm-b VM Rebooted vps-5',
    ])
    expect(await answer('activity.list', world.do['activity.list']({ nodeId }))).toHaveLength(1)
    expect(await answer('activity.list', world.do['activity.list']({ text: 'rebooted' }))).toHaveLength(1)
    const last = rows.at(-1)
    expect(await answer('activity.list', world.do['activity.list']({ before: { at: last?.at ?? 0, id: last?.id ?? 0 } }))).toEqual([])
  })
})
