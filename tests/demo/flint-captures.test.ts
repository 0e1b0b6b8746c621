// Every exchange that was recorded from a real Flint is replayed against the simulated node, brought into the same state first.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { bodyDifferences } from './captured-shape.ts'
import { created, freeVps, professional, startTestNode, starter, testKey, type TestNode } from './flint-node.ts'

const capturesFolder = join(import.meta.dirname, '../../../shared/peers/flint/captures')
const ubuntu = { name: 'ubuntu-24.04.qcow2', sizeBytes: 196_616 }

interface Capture {
  request: { method: string; path: string; body: unknown }
  response?: { status: number; contentType: string | null; body: string }
  failure?: string
}

interface Replay {
  /** Brings the node into the state of the recording. */
  prepare?: (test: TestNode) => unknown
  withImage?: boolean
  /** The key that is sent; null: none. */
  key?: string | null
  /** The body as sent where the recording could not hold it. */
  rawBody?: string
  /** Keys that vary in this exchange besides the usual ones; `*` is all. */
  loose?: string[]
}

const takeSnapshot = (test: TestNode) =>
  test.call('POST', `/api/vms/${freeVps.uuid}/snapshots`, { name: 'final-103', description: 'before termination' })
const limited = (test: TestNode) => Object.assign(test.node.faults, { limitedMode: true })
const lost = (test: TestNode) => Object.assign(test.node.faults, { libvirtLost: true })
const off = (test: TestNode) => test.act(professional.uuid, 'force-stop')
const paused = (test: TestNode) => test.act(professional.uuid, 'pause')
const stubborn = (test: TestNode) => {
  const vm = test.node.vm(professional.uuid)
  if (vm !== undefined) vm.stubborn = true
}
const withoutFreeVps = (test: TestNode) => test.node.removeVm(freeVps.uuid)
const withCreated: Replay = { withImage: true, prepare: (test) => test.node.addVm({ ...created, withoutAcpi: true }) }
const withExtraVolume: Replay = {
  prepare: (test) => test.call('POST', '/api/storage-pools/flint-image-library/volumes', { Name: 'extra.qcow2', SizeGB: 1 }),
}
const asIs: Replay = {}

const replays: Record<string, Replay> = {
  'healthy/action-bad-json': { rawBody: '{"action": ' },
  'healthy/action-force-stop': asIs,
  'healthy/action-force-stop-already-off': { prepare: off },
  'healthy/action-not-found': asIs,
  'healthy/action-pause': asIs,
  'healthy/action-pause-already-off': { prepare: off },
  'healthy/action-reboot': asIs,
  'healthy/action-resume': { prepare: paused },
  'healthy/action-start': { prepare: off },
  'healthy/action-start-already-running': asIs,
  'healthy/action-stop-accepted-guest-ignores-acpi': { prepare: stubborn },
  'healthy/action-stop-already-off': { prepare: off },
  'healthy/action-unknown': asIs,
  'healthy/activity': {
    prepare: async (test) => {
      stubborn(test)
      for (const action of ['pause', 'resume', 'stop', 'force-stop', 'start', 'reboot']) await test.act(professional.uuid, action)
    },
  },
  'healthy/activity-empty': asIs,
  'healthy/api-key': asIs,
  'healthy/connection-status': asIs,
  'healthy/guest-agent-status': asIs,
  'healthy/health': asIs,
  'healthy/host-resources': asIs,
  'healthy/host-status': asIs,
  'healthy/image-import': asIs,
  'healthy/image-repository': asIs,
  'healthy/images': { withImage: true },
  'healthy/images-empty': asIs,
  // The recording host had its network switched off.
  'healthy/networks': { loose: ['uuid', 'is_active'] },
  'healthy/not-found-route': asIs,
  'healthy/performance-panics': asIs,
  'healthy/serial-console-info-unauthenticated': { key: null },
  'healthy/snapshot-create-duplicate': { prepare: takeSnapshot },
  'healthy/snapshot-create-running': asIs,
  'healthy/snapshot-create-shutoff': asIs,
  'healthy/snapshot-delete': { prepare: takeSnapshot },
  'healthy/snapshot-delete-missing': asIs,
  'healthy/snapshot-revert': { prepare: takeSnapshot },
  'healthy/snapshot-revert-missing': asIs,
  'healthy/snapshots': { prepare: takeSnapshot },
  'healthy/snapshots-empty': asIs,
  'healthy/snapshots-not-found': asIs,
  'healthy/storage-pools': { loose: ['capacity_b'] },
  'healthy/system-interfaces': { loose: ['*'] },
  'healthy/unauthorized': { key: null },
  'healthy/unauthorized-bad-key': { key: 'f'.repeat(64) },
  'healthy/vm-create': { withImage: true, loose: ['uuid'] },
  'healthy/vm-create-bad-name': asIs,
  'healthy/vm-create-duplicate-name': withCreated,
  'healthy/vm-create-missing-image': { withImage: true },
  'healthy/vm-create-zero-cpu': asIs,
  'healthy/vm-delete-after-snapshot-removed': asIs,
  'healthy/vm-delete-not-found': asIs,
  'healthy/vm-delete-with-disks': withCreated,
  'healthy/vm-delete-with-snapshot-reports-200-but-vm-remains': { prepare: takeSnapshot },
  'healthy/vm-detail-after-delete-still-there': {
    prepare: async (test) => {
      await takeSnapshot(test)
      await test.call('DELETE', `/api/vms/${freeVps.uuid}`)
    },
  },
  'healthy/vm-detail-bad-uuid': asIs,
  'healthy/vm-detail-gone': { prepare: withoutFreeVps },
  'healthy/vm-detail-not-found': asIs,
  'healthy/vm-detail-running': asIs,
  'healthy/vm-detail-shutoff': asIs,
  'healthy/vm-templates-null': asIs,
  'healthy/vms': asIs,
  'healthy/vms-8s-after-stop-still-running': {
    prepare: async (test) => {
      stubborn(test)
      await test.act(professional.uuid, 'stop')
      test.clock.advance(8000)
    },
  },
  'healthy/vms-with-paused': { prepare: paused },
  'healthy/vnc-info-not-found': asIs,
  'healthy/vnc-info-paused': { prepare: paused },
  'healthy/vnc-info-running': asIs,
  'healthy/vnc-info-shutoff': asIs,
  'healthy/volume-create': asIs,
  'healthy/volume-delete': withExtraVolume,
  'healthy/volume-resize': withExtraVolume,
  'healthy/volumes': asIs,
  'healthy/volumes-after-create': withCreated,
  'healthy/volumes-after-delete-with-disks': {
    withImage: true,
    prepare: async (test) => {
      test.node.addVm(created)
      await test.call('DELETE', `/api/vms/${created.uuid}?deleteDisks=true`)
    },
  },
  'healthy/volumes-no-pool': asIs,
  'libvirt-lost/action-start': { prepare: lost },
  'libvirt-lost/connection-status': { prepare: lost },
  'libvirt-lost/health': { prepare: lost },
  'libvirt-lost/host-resources': { prepare: lost },
  'libvirt-lost/host-status': { prepare: lost },
  'libvirt-lost/storage-pools': { prepare: lost },
  'libvirt-lost/vm-detail-existing-vm-404': { prepare: lost },
  'libvirt-lost/vms': { prepare: lost },
  'libvirt-lost/vnc-info': { prepare: lost },
  'limited-mode/action-start': { prepare: limited },
  'limited-mode/connection-status': { prepare: limited },
  'limited-mode/health': { prepare: limited },
  'limited-mode/host-resources': { prepare: limited },
  'limited-mode/host-status': { prepare: limited },
  'limited-mode/storage-pools': { prepare: limited },
  'limited-mode/vm-detail-is-fabricated': { prepare: limited },
  'limited-mode/vms': { prepare: limited },
}

const captureNames = readdirSync(capturesFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.json'))
  .map((path) => path.slice(0, -'.json'.length))
  .sort()

function readCapture(name: string): Capture {
  // The recordings are ours and of one known form.
  return JSON.parse(readFileSync(join(capturesFolder, `${name}.json`), 'utf8')) as Capture
}

let running: TestNode | null = null

afterEach(async () => {
  await running?.node.stop()
  running = null
})

test('every recorded exchange has a replay, and every replay a recording', () => {
  expect(Object.keys(replays).sort()).toEqual(captureNames)
})

test.each(captureNames)('%s is answered as recorded', async (name) => {
  const capture = readCapture(name)
  const replay = replays[name] ?? asIs
  // The recorded VMs were defined without ACPI.
  const vms = [starter, professional, freeVps].map((seed) => ({ ...seed, withoutAcpi: true }))
  running = await startTestNode({ vms, images: replay.withImage === true ? [ubuntu] : [] })
  await replay.prepare?.(running)
  const key = replay.key === undefined ? testKey : replay.key
  const { method, path, body } = capture.request
  const sent = replay.rawBody ?? (body === null ? undefined : body)
  const answer = running.call(method, path, sent, key === null ? {} : { authorization: `Bearer ${key}` })
  if (capture.response === undefined) {
    expect(capture.failure).toContain('closed connection without response')
    await expect(answer).rejects.toThrow('fetch failed')
    return
  }
  const response = await answer
  expect(response.status).toBe(capture.response.status)
  expect(response.headers.get('content-type')).toBe(capture.response.contentType)
  expect(bodyDifferences(capture.response.body, await response.text(), new Set(replay.loose))).toEqual([])
})
