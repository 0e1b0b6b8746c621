// How simulated VMs behave behind the API: what is accepted is not always done, and what is done is not always said.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { created, freeVps, professional, startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

const running = professional.uuid
const ubuntu = { name: 'ubuntu-24.04.qcow2', sizeBytes: 196_616 }

interface ListedVm {
  uuid: string
  name: string
  state: string | null
  cpu_percent: number
  uptime_sec: number
  ip_addresses: string[] | null
  os_info: string
}

let flint: TestNode

beforeEach(async () => {
  flint = await startTestNode({ images: [ubuntu], stopDelayMs: 3000 })
})

afterEach(async () => {
  await flint.node.stop()
})

async function list(): Promise<ListedVm[]> {
  const response = await flint.call('GET', '/api/vms')
  return (await response.json()) as ListedVm[]
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  const response = await flint.call('GET', path)
  return (await response.json()) as Record<string, unknown>
}

function vmOf(uuid: string) {
  const vm = flint.node.vm(uuid)
  if (vm === undefined) throw new Error(`no VM ${uuid}`)
  return vm
}

async function volumeNames(): Promise<string[]> {
  const response = await flint.call('GET', '/api/storage-pools/flint-image-library/volumes')
  return ((await response.json()) as { name: string }[]).map((volume) => volume.name)
}

/** What a dozen VMs of a fresh node have consumed so far. */
function cpuSecondsOfSeed(seed: number): number[] {
  const vms = Array.from({ length: 12 }, (_, index) => ({
    ...starter,
    name: `vm-${index}`,
    uuid: `8cfc092e-a2b6-4bf0-8df2-57ff4dd6${1000 + index}`,
  }))
  const { clock } = flint
  const node = new SimulatedFlintNode({ hostname: 'n', key: testKey, cpuCores: 8, memoryKiB: 1e8, storageBytes: 1e12, clock, seed, vms })
  return node.vms().map((vm) => vm.cpuSeconds())
}

describe('stop', () => {
  test('an obedient guest is still running at once and off after its time', async () => {
    expect((await flint.act(running, 'stop')).status).toBe(200)
    expect(await flint.shownState(running)).toBe('Running')
    flint.clock.advance(2999)
    expect(await flint.shownState(running)).toBe('Running')
    flint.clock.advance(1)
    expect(await flint.shownState(running)).toBe('Shutoff')
  })

  test('a stubborn guest ignores it for ever while the log says that it shut down gracefully', async () => {
    vmOf(running).stubborn = true
    expect((await flint.act(running, 'stop')).status).toBe(200)
    flint.clock.advance(30 * 86_400_000)
    expect(await flint.shownState(running)).toBe('Running')
    const log = await (await flint.call('GET', '/api/activity')).text()
    expect(log).toContain('Virtual machine shut down gracefully')
    expect((await flint.act(running, 'force-stop')).status).toBe(200)
    expect(await flint.shownState(running)).toBe('Shutoff')
  })

  test('a slow guest obeys long after it was asked', async () => {
    vmOf(running).slowStopMs = 5 * 3_600_000
    await flint.act(running, 'stop')
    flint.clock.advance(4 * 3_600_000)
    expect(await flint.shownState(running)).toBe('Running')
    flint.clock.advance(3_600_000)
    expect(await flint.shownState(running)).toBe('Shutoff')
  })

  test('a paused guest hears it only once it is resumed', async () => {
    await flint.act(running, 'pause')
    expect((await flint.act(running, 'stop')).status).toBe(200)
    flint.clock.advance(3_600_000)
    expect(await flint.shownState(running)).toBe('Paused')
    await flint.act(running, 'resume')
    expect(await flint.shownState(running)).toBe('Running')
    flint.clock.advance(3000)
    expect(await flint.shownState(running)).toBe('Shutoff')
  })

  test('starting a paused VM is refused as already running and leaves it paused', async () => {
    await flint.act(running, 'pause')
    const answer = await flint.act(running, 'start')
    expect(answer.status).toBe(500)
    expect(await answer.text()).toContain('Code=55')
    expect(await flint.shownState(running)).toBe('Paused')
  })

  test('a reboot keeps the VM running and the CPU time of its domain', async () => {
    const before = vmOf(running).cpuSeconds()
    await flint.act(running, 'reboot')
    flint.clock.advance(10_000)
    expect(await flint.shownState(running)).toBe('Running')
    expect(vmOf(running).bootedAt).toBe(flint.clock.now() - 7000)
    expect(vmOf(running).cpuSeconds()).toBeGreaterThan(before)
  })
})

describe('load', () => {
  test('CPU time is the integral of the load that the list shows', async () => {
    const vm = vmOf(running)
    const from = vm.cpuSeconds()
    let sampled = 0
    for (let second = 0; second < 3600; second += 1) {
      flint.clock.advance(1000)
      sampled += vm.cpuPercent() / 100
    }
    const consumed = vm.cpuSeconds() - from
    expect(Math.abs(consumed - sampled)).toBeLessThan(0.005 * 3600 + 0.1 * consumed)
    expect(consumed).toBeGreaterThan(0)
  })

  test('load varies smoothly and stays within the vCPUs', () => {
    const busy = flint.node.addVm({ ...created, uuid: '00000000-0000-4000-8000-00000000beef', name: 'busy', vcpus: 4, state: 'Running' })
    const samples = Array.from({ length: 2000 }, () => {
      flint.clock.advance(1000)
      return busy.cpuPercent()
    })
    const steps = samples.slice(1).map((sample, index) => Math.abs(sample - (samples[index] ?? 0)))
    expect(Math.min(...samples)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...samples)).toBeLessThanOrEqual(400)
    expect(new Set(samples).size).toBeGreaterThan(2)
    expect(Math.max(...steps)).toBeLessThan(Math.max(...samples) * 0.25 + 2)
  })

  test('the same seed gives the same load, another seed another', () => {
    expect(cpuSecondsOfSeed(7)).toEqual(cpuSecondsOfSeed(7))
    expect(cpuSecondsOfSeed(7)).not.toEqual(cpuSecondsOfSeed(8))
  })

  test('a VM that is off uses nothing, and the detail never shows a CPU percentage', async () => {
    const rows = await list()
    expect(rows.find((vm) => vm.uuid === freeVps.uuid)).toMatchObject({ cpu_percent: 0, uptime_sec: 0 })
    expect(await readJson(`/api/vms/${running}`)).toMatchObject({ cpu_percent: 0 })
  })

  test('free memory falls by what a started VM takes, and a paused one still holds it', async () => {
    const before = Number((await readJson('/api/host/resources'))['free_memory_kb'])
    await flint.act(freeVps.uuid, 'start')
    await flint.act(running, 'pause')
    const after = Number((await readJson('/api/host/resources'))['free_memory_kb'])
    expect(before - after).toBe(freeVps.memoryKiB)
  })
})

describe('the list', () => {
  test('shows addresses and system only where the guest agent answers', async () => {
    flint.node.addVm({ ...created, state: 'Running', ipAddresses: ['203.0.113.7'], osInfo: 'Debian GNU/Linux' })
    const withAgent = (await list()).find((vm) => vm.uuid === created.uuid)
    expect(withAgent).toMatchObject({ ip_addresses: ['203.0.113.7'], os_info: 'Debian GNU/Linux' })
    await flint.act(created.uuid, 'force-stop')
    expect((await list()).find((vm) => vm.uuid === created.uuid)).toMatchObject({ ip_addresses: null, os_info: 'Unknown' })
  })

  test('names with markup, emoji and right-to-left text arrive whole, and the XML stays well-formed', async () => {
    const name = `<script>alert('x')</script> 🐧 שלום & "co"`
    flint.node.addVm({ ...created, name, origin: 'file' })
    expect((await list()).find((vm) => vm.uuid === created.uuid)?.name).toBe(name)
    const detail = await readJson(`/api/vms/${created.uuid}`)
    expect(String(detail['xml'])).toContain('<name>&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt; 🐧 שלום &amp; "co"</name>')
  })
})

describe('deletion', () => {
  test('a VM with snapshots answers 200 and stays, and with deleteDisks its disks are gone all the same', async () => {
    flint.node.addVm(created)
    await flint.call('POST', `/api/vms/${created.uuid}/snapshots`, { name: 'final' })
    const answer = await flint.call('DELETE', `/api/vms/${created.uuid}?deleteDisks=true`)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await flint.shownState(created.uuid)).toBe('Shutoff')
    expect(await volumeNames()).toEqual([ubuntu.name])
    const start = await flint.act(created.uuid, 'start')
    expect(start.status).toBe(500)
    expect(await start.text()).toContain('Storage volume not found')
  })

  test('after its snapshots are removed the VM goes, and its disks with it', async () => {
    flint.node.addVm(created)
    await flint.call('POST', `/api/vms/${created.uuid}/snapshots`, { name: 'final' })
    expect((await flint.call('DELETE', `/api/vms/${created.uuid}/snapshots/final`)).status).toBe(204)
    await flint.call('DELETE', `/api/vms/${created.uuid}?deleteDisks=true`)
    expect(await flint.shownState(created.uuid)).toBe(404)
    expect(await volumeNames()).toEqual([ubuntu.name])
  })

  test('without deleteDisks the volume is left behind as an orphan', async () => {
    flint.node.addVm(created)
    await flint.call('DELETE', `/api/vms/${created.uuid}`)
    expect(await flint.shownState(created.uuid)).toBe(404)
    expect(await volumeNames()).toEqual(['vps-104-starter-disk-0.qcow2', ubuntu.name])
  })

  test('a running VM is forced off before it goes', async () => {
    vmOf(running).stubborn = true
    await flint.call('DELETE', `/api/vms/${running}`)
    expect(await flint.shownState(running)).toBe(404)
  })

  test('a paused VM stays until it is stopped', async () => {
    await flint.act(running, 'pause')
    expect((await flint.call('DELETE', `/api/vms/${running}`)).status).toBe(200)
    expect(await flint.shownState(running)).toBe('Paused')
    await flint.act(running, 'force-stop')
    expect(await flint.shownState(running)).toBe(404)
  })

  test('a shared CD image is removed with one VM, Flint breaks off over its name, and a template that is gone keeps VMs from starting', async () => {
    await flint.call('POST', '/api/images/import-from-path', { path: '/srv/images/debian-12-netinst.iso' })
    const make = (Name: string, ImageName: string, ImageType: string) =>
      flint.call('POST', '/api/vms', { Name, MemoryMB: 512, VCPUs: 1, ImageName, ImageType, DiskSizeGB: 5 })
    const answers = [await make('cd-1', 'debian-12-netinst.iso', 'iso'), await make('cd-2', 'debian-12-netinst.iso', 'iso')]
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    await flint.call('DELETE', `/api/vms/${vmOf('cd-1').uuid}?deleteDisks=true`)
    const start = await flint.act(vmOf('cd-2').uuid, 'start')
    expect(start.status).toBe(500)
    expect(await start.text()).toContain("Cannot access storage file '/var/lib/flint/images/debian-12-netinst.iso'")
    await expect(make('layered', ubuntu.name, 'template')).rejects.toThrow('fetch failed')
    await expect(flint.call('GET', '/api/images')).rejects.toThrow('fetch failed')
    await expect(flint.call('GET', '/api/storage-pools/flint-image-library/volumes')).rejects.toThrow('fetch failed')
    expect((await flint.call('DELETE', '/api/storage-pools/flint-image-library/volumes/debian-12-netinst.iso')).status).toBe(200)
    expect((await make('layered', ubuntu.name, 'template')).status).toBe(200)
    expect((await flint.call('DELETE', `/api/images/${ubuntu.name}`)).status).toBe(204)
    expect((await flint.act(vmOf('layered').uuid, 'start')).status).toBe(500)
  })
})

describe('creation', () => {
  test('what Flint makes has no ACPI: it hears no stop and takes nothing while it runs, until it is defined otherwise', async () => {
    await flint.call('POST', '/api/vms', { Name: 'made', MemoryMB: 512, VCPUs: 1, ImageName: ubuntu.name, ImageType: 'template', DiskSizeGB: 5, StartOnCreate: true })
    const { uuid } = vmOf('made')
    const definition = async (of: string) => ((await (await flint.call('GET', `/api/vms/${of}`)).json()) as { xml: string }).xml
    expect(await definition(uuid)).not.toContain('<acpi/>')
    expect(await definition(running)).toContain('<acpi/>')
    expect((await flint.act(uuid, 'stop')).status).toBe(200)
    flint.clock.advance(86_400_000)
    expect(await flint.shownState(uuid)).toBe('Running')
    const attached = await flint.call('POST', `/api/vms/${uuid}/attach-network`, { networkName: 'default', model: 'virtio' })
    expect([attached.status, await attached.text()]).toEqual([500, expect.stringContaining('does not support hotplugging')])
  })

  test('keys are matched in any case, and without an image type no disk is made', async () => {
    const wanted = { name: 'bare', memorymb: 512, vcpus: 2, imagename: ubuntu.name, STARTONCREATE: true }
    const answer = await flint.call('POST', '/api/vms', wanted)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ name: 'bare', memory_kb: 524_288, vcpus: 2, state: 'Running', disks: null, nics: null })
  })

  test('a value of the wrong type refuses the whole request', async () => {
    const answer = await flint.call('POST', '/api/vms', { Name: 'x', MemoryMB: '512', VCPUs: 1, ImageName: ubuntu.name })
    expect([answer.status, await answer.text()]).toEqual([400, '{"error": "Invalid JSON in request body"}\n'])
  })
})

describe('snapshots', () => {
  test('a revert puts the VM where the snapshot was taken', async () => {
    await flint.call('POST', `/api/vms/${running}/snapshots`, { name: 'alive' })
    await flint.act(running, 'force-stop')
    await flint.call('POST', `/api/vms/${running}/snapshots`, { name: 'dead' })
    await flint.call('POST', `/api/vms/${running}/snapshots/alive/revert`)
    expect(await flint.shownState(running)).toBe('Running')
    await flint.call('POST', `/api/vms/${running}/snapshots/dead/revert`)
    expect(await flint.shownState(running)).toBe('Shutoff')
  })

  test('a VM with snapshots is listed as a template', async () => {
    await flint.call('POST', `/api/vms/${running}/snapshots`, { name: 'one' })
    const answer = await flint.call('GET', '/api/vm-templates')
    expect(await answer.json()).toMatchObject([{ id: running, name: 'vps-102-professional-template' }])
  })
})

test('the activity log keeps the last 50 events, oldest first', async () => {
  for (let turn = 0; turn < 30; turn += 1) {
    await flint.act(running, 'pause')
    flint.clock.advance(1000)
    await flint.act(running, 'resume')
  }
  const log = (await (await flint.call('GET', '/api/activity')).json()) as { timestamp: number; action: string }[]
  expect(log).toHaveLength(50)
  expect(log[0]).toMatchObject({ action: 'VM Paused' })
  expect((log.at(-1)?.timestamp ?? 0) - (log[0]?.timestamp ?? 0)).toBe(25)
})

test('a reboot of the host leaves its VMs off and its log empty', async () => {
  await flint.act(running, 'pause')
  flint.node.rebootHost()
  expect((await list()).map((vm) => vm.state)).toEqual(['Shutoff', 'Shutoff', 'Shutoff'])
  expect(await (await flint.call('GET', '/api/activity')).text()).toBe('[]\n')
})
