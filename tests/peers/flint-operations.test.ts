// Every recorded exchange about disks, snapshots, storage, images, networks, creation and deletion is understood; and odd definitions are.
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { FlintClient } from '../../electron/worker/flint/client.ts'
import { readMachine, readSnapshots } from '../../electron/worker/flint/machineSchema.ts'
import { pathSegment } from '../../electron/worker/flint/path.ts'
import { childNamed, parseXml } from '../../electron/worker/flint/xml.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type VmUuid } from '../../shared/domain/ids.ts'
import { CaptureServer, loadCaptures } from '../helpers/captures.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

const captures = loadCaptures('flint')
const opened: { server: CaptureServer; client: FlintClient }[] = []

afterEach(async () => {
  for (const { server, client } of opened.splice(0)) {
    await client.close()
    await server.stop()
  }
})

async function played(...names: string[]): Promise<FlintClient> {
  const chosen = names.map((name) => {
    const capture = captures.get(name)
    if (!capture) throw new Error(`no capture ${name}`)
    return capture
  })
  const server = await CaptureServer.start(chosen)
  const client = new FlintClient({ baseUrl: server.url, key: 'ab'.repeat(32), log: recordedLog().log, retryPauseMs: 1 })
  opened.push({ server, client })
  return client
}

async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
    return 'none'
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

const freeVps = asId<VmUuid>('77505172-8937-4808-861e-d55164781f4d')
const starter = asId<VmUuid>('8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7')
const created = asId<VmUuid>('13a9b74d-fce6-4c62-814c-1bc3bac050f7')
const nobody = asId<VmUuid>('00000000-0000-0000-0000-000000000000')

describe('a VM in full', () => {
  test('shows the disk of a running VM, and that it has no interface', async () => {
    const { machines } = await played('healthy/vm-detail-running')
    const machine = await machines.machine(starter)
    expect(machine).toMatchObject({
      name: 'vps-101-starter',
      state: 'running',
      maximumMemoryKiB: 262_144,
      nics: [],
      isDefinitionRead: true,
      hasAcpi: false,
    })
    expect(machine?.disks).toEqual([
      { device: 'disk', target: 'vda', source: { kind: 'file', path: '/var/lib/libvirt/images/vps-101.qcow2' }, backingFiles: [] },
    ])
  })

  test('shows the volume that Flint’s own list of disks leaves empty', async () => {
    const { machines } = await played('healthy/vm-create')
    const machine = await machines.create({
      name: 'vps-104-starter',
      memoryMiB: 256,
      vcpus: 1,
      imageName: 'ubuntu-24.04.qcow2',
      imageType: 'template',
      diskGiB: 1,
      networkName: 'default',
      startOnCreate: false,
      cloudInit: { hostname: 'vps-104', username: 'root', password: 's3cret-pass', sshKeys: '', packages: [], network: null },
    })
    expect(machine.uuid).toBe(created)
    expect(machine.disks.map((disk) => [disk.device, disk.target, disk.source])).toEqual([
      ['disk', 'vda', { kind: 'volume', pool: 'flint-image-library', volume: 'vps-104-starter-disk-0.qcow2' }],
      ['cdrom', 'hdc', { kind: 'file', path: '/var/lib/flint/images/vps-104-starter-cloudinit.iso' }],
    ])
    expect(machine.nics).toEqual([{ mac: '52:54:00:b9:67:07', source: 'default', model: 'virtio', filter: null }])
  })

  test('is null where Flint says that it is not found, and a Failure where it is invented', async () => {
    const healthy = await played('healthy/vm-detail-not-found')
    expect(await healthy.machines.machine(nobody)).toBeNull()
    const limited = captures.get('limited-mode/vm-detail-is-fabricated')
    const uuid = asId<VmUuid>(limited?.request.path.split('/').at(-1) ?? '')
    expect(await codeOf((await played('limited-mode/vm-detail-is-fabricated')).machines.machine(uuid))).toBe('node.limited-mode')
  })

  test('names the files below a running disk, and its network filter', () => {
    const xml = `<domain><devices><disk type='file' device='disk'><source file='/a&amp;b.qcow2'/><backingStore type='file'><source file='/base.qcow2'/>
      <backingStore type='file'><source file='/deep.qcow2'/><backingStore/></backingStore></backingStore><target dev='vda'/></disk>
      <disk type='file' device='cdrom'><target dev='hda'/></disk>
      <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><model type='virtio'/><filterref filter='clean-traffic'/></interface></devices></domain>`
    const machine = readMachine({
      name: 'a',
      uuid: starter,
      state: 'Running',
      memory_kb: 1,
      vcpus: 1,
      cpu_percent: 0,
      uptime_sec: 0,
      ip_addresses: null,
      xml,
    })
    expect(machine?.disks).toEqual([
      { device: 'disk', target: 'vda', source: { kind: 'file', path: '/a&b.qcow2' }, backingFiles: ['/base.qcow2', '/deep.qcow2'] },
      { device: 'cdrom', target: 'hda', source: { kind: 'empty' }, backingFiles: [] },
    ])
    expect(machine?.nics[0]).toMatchObject({ source: 'br0', filter: 'clean-traffic' })
  })

  test('says that its disks are not certain when the definition cannot be read', () => {
    const raw = { name: 'a', uuid: starter, state: 'Running', memory_kb: 1, vcpus: 1, cpu_percent: 0, uptime_sec: 0, ip_addresses: null }
    const machine = readMachine({ ...raw, xml: '<domain><devices><disk>', disks: [{ source_path: '', target_dev: 'vda', device: 'disk' }] })
    expect(machine).toMatchObject({ isDefinitionRead: false, hasAcpi: null, disks: [{ target: 'vda', source: { kind: 'unknown' } }] })
  })
})

describe('snapshots', () => {
  test('are listed, made, deleted and reverted to', async () => {
    const { machines } = await played(
      'healthy/snapshots',
      'healthy/snapshot-create-running',
      'healthy/snapshot-delete',
      'healthy/snapshot-revert',
    )
    expect(await machines.snapshots(freeVps)).toEqual([
      { name: 'final-103', state: 'shutoff', createdAt: 1_795_346_723_000, description: 'before termination' },
    ])
    expect(await machines.createSnapshot(starter, 'weekly-1', '')).toMatchObject({ name: 'weekly-1', state: 'running' })
    expect(await machines.deleteSnapshot(freeVps, 'final-103')).toBe('accepted')
    await machines.revert(freeVps, 'final-103')
  })

  test('a list of none is empty', async () => {
    expect(await (await played('healthy/snapshots-empty')).machines.snapshots(starter)).toEqual([])
  })

  test.each([
    [
      'a duplicate',
      'healthy/snapshot-create-duplicate',
      (client: FlintClient) => client.machines.createSnapshot(freeVps, 'final-103', ''),
      'snapshot.exists',
    ],
    [
      'a revert to none',
      'healthy/snapshot-revert-missing',
      (client: FlintClient) => client.machines.revert(freeVps, 'nope'),
      'snapshot.unknown',
    ],
    [
      'the list of a VM that is not there',
      'healthy/snapshots-not-found',
      (client: FlintClient) => client.machines.snapshots(nobody),
      'vm.unknown',
    ],
  ])('%s is refused by name', async (_what, capture, act, code) => {
    expect(await codeOf(act(await played(capture)))).toBe(code)
  })

  test('deleting one that is not there is done already', async () => {
    expect(await (await played('healthy/snapshot-delete-missing')).machines.deleteSnapshot(freeVps, 'final-103')).toBe('already')
  })

  test('a list with a row that cannot be read is none', () => {
    expect(readSnapshots([{ name: 'a' }, { state: 'running' }])).toBeNull()
    expect(readSnapshots(null)).toEqual([])
  })
})

describe('making and deleting VMs', () => {
  const wanted = {
    name: 'vps-104',
    memoryMiB: 256,
    vcpus: 1,
    imageName: 'x',
    imageType: 'template',
    diskGiB: 1,
    networkName: '',
    startOnCreate: false,
    cloudInit: null,
  } as const

  test.each([
    'healthy/vm-create-bad-name',
    'healthy/vm-create-duplicate-name',
    'healthy/vm-create-missing-image',
    'healthy/vm-create-zero-cpu',
  ])('%s is refused in Flint’s words', async (capture) => {
    const client = await played(capture)
    expect(await codeOf(client.machines.create(wanted))).toBe('vm.create-refused')
  })

  test('a delete that was accepted proves nothing, one of nobody is done already', async () => {
    const lying = await played('healthy/vm-delete-with-snapshot-reports-200-but-vm-remains', 'healthy/vm-detail-after-delete-still-there')
    expect(await lying.machines.delete(freeVps, false)).toBe('accepted')
    expect((await lying.machines.machine(freeVps))?.name).toBe('vps-103-free-vps')
    const client = await played('healthy/vm-delete-not-found', 'healthy/vm-delete-with-disks')
    expect(await client.machines.delete(nobody, false)).toBe('already')
    expect(await client.machines.delete(created, true)).toBe('accepted')
  })
})

describe('storage, images and networks', () => {
  test('pools, volumes and images are listed', async () => {
    const { library } = await played('healthy/storage-pools', 'healthy/volumes-after-create', 'healthy/images')
    expect(await library.pools()).toEqual([
      { name: 'flint-image-library', state: 'Active', capacityBytes: 270_553_174_016, allocatedBytes: 24_050_270_208 },
    ])
    expect((await library.volumes('flint-image-library')).map((volume) => volume.name)).toEqual([
      'vps-104-starter-disk-0.qcow2',
      'ubuntu-24.04.qcow2',
    ])
    expect(await library.images()).toEqual([
      { name: 'ubuntu-24.04.qcow2', path: '/var/lib/flint/images/ubuntu-24.04.qcow2', sizeBytes: 196_616, type: 'template' },
    ])
  })

  test('a pool that is not there is said to be none', async () => {
    expect(await codeOf((await played('healthy/volumes-no-pool')).library.volumes('nope'))).toBe('storage.unknown-pool')
  })

  test('volumes are made, resized and deleted', async () => {
    const { library } = await played('healthy/volume-create', 'healthy/volume-resize', 'healthy/volume-delete')
    await library.createVolume('flint-image-library', 'extra.qcow2', 1)
    await library.resizeVolume('flint-image-library', 'extra.qcow2', 2)
    expect(await library.deleteVolume('flint-image-library', 'extra.qcow2')).toBe('accepted')
  })

  test('an image is imported, and the offers are listed', async () => {
    const { library } = await played('healthy/image-import', 'healthy/image-repository')
    expect(await library.importImage('/srv/images/ubuntu-24.04.qcow2')).toMatchObject({ name: 'ubuntu-24.04.qcow2', type: 'template' })
    const offers = await library.offers()
    expect(offers[0]).toMatchObject({ id: 'ubuntu-24.04-lts', name: 'Ubuntu 24.04 LTS (Noble)', sizeBytes: 2_200_000_000, hasFile: false })
    expect(offers.length).toBeGreaterThan(5)
  })

  test('networks, interfaces and the activity are listed', async () => {
    const { library } = await played('healthy/networks', 'healthy/system-interfaces', 'healthy/activity')
    expect(await library.networks()).toMatchObject([{ name: 'default', isActive: false, bridge: 'virbr0' }])
    expect((await library.interfaces()).at(-1)).toMatchObject({ name: 'eth0', type: 'physical', mtu: 1400 })
    const events = await library.activity()
    expect(events).toHaveLength(6)
    expect(events[0]).toEqual({
      id: 'd379fbaf8e4ffaeb',
      at: 1_795_346_711_000,
      action: 'VM Paused',
      target: 'vps-102-professional',
      status: 'Success',
      message: 'Virtual machine paused',
    })
  })

  test('an older Flint without a page is said to be too old', async () => {
    const missing = captures.get('healthy/not-found-route')
    if (!missing) throw new Error('no capture')
    const server = await CaptureServer.start([{ ...missing, request: { ...missing.request, path: '/api/nwfilters' } }])
    const client = new FlintClient({ baseUrl: server.url, key: 'ab'.repeat(32), log: recordedLog().log, retryPauseMs: 1 })
    opened.push({ server, client })
    expect(await codeOf(client.library.filters())).toBe('flint.too-old')
  })

  test('storage of a node that has lost libvirt is a Failure, not an empty list', async () => {
    expect(await codeOf((await played('libvirt-lost/storage-pools')).library.pools())).toBe('node.libvirt-lost')
    expect(await codeOf((await played('limited-mode/storage-pools')).library.pools())).toBe('node.limited-mode')
  })
})

describe('names and XML', () => {
  test('a name in a path is escaped as Go would, and reads back unchanged', () => {
    expect(pathSegment('a:b')).toBe('a:b')
    expect(pathSegment('before (2)')).toBe('before%20%282%29')
    expect(pathSegment('100%')).toBe('100%25')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(!name.includes('/') && name !== '.' && name !== '..' && name.isWellFormed())
        expect(decodeURIComponent(pathSegment(name))).toBe(name)
      }),
    )
  })

  test('a name with a slash is refused', () => {
    expect(() => pathSegment('a/b')).toThrow(Failure)
  })

  test('text and attributes survive, and what is not well-formed is none', () => {
    const element = parseXml(`<?xml version="1.0"?><a b='&lt;x&gt;' c="it's"><!-- no --><d>t &amp; u</d><e/></a>`)
    expect(element?.attributes).toEqual({ b: '<x>', c: "it's" })
    expect(childNamed(element ?? undefined, 'd')?.text).toBe('t & u')
    for (const broken of ['', '<a>', '<a></b>', '<a', 'x', '<a/><b/>', '<a b=c/>']) expect(parseXml(broken)).toBeNull()
  })

  test('reading XML never hangs nor throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', ' ', '=', "'", '&', ';', '!', '-') }),
        (text) => void parseXml(text),
      ),
    )
  })
})
