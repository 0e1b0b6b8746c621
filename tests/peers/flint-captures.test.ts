// Every recorded exchange of a real Flint, replayed against the client: what it must be taken to mean.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FlintClient, type FlintAction } from '../../electron/worker/flint/client.ts'
import { FlintConnection } from '../../electron/worker/flint/connection.ts'
import { errorText, libvirtCode } from '../../electron/worker/flint/answer.ts'
import { fetchKeyByPassphrase } from '../../electron/worker/flint/login.ts'
import { parseVmUuid } from '../../electron/worker/flint/schema.ts'
import type { VmUuid } from '../../shared/domain/ids.ts'
import { CaptureServer, loadCaptures, type Capture } from '../helpers/captures.ts'
import { recordedLog } from '../helpers/recordedLog.ts'

const key = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
const captures = loadCaptures('flint')

function uuid(text: string): VmUuid {
  const parsed = parseVmUuid(text)
  if (parsed === null) throw new Error(`${text} is no UUID`)
  return parsed
}

const starter = uuid('8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7')
const professional = uuid('adca2c9a-4842-48da-8295-91af486031c4')
const free = uuid('77505172-8937-4808-861e-d55164781f4d')
const nobody = uuid('00000000-0000-0000-0000-000000000000')

interface Replay {
  readonly client: FlintClient
  /** For what has no method of its own yet: the same judgement of answers. */
  readonly connection: FlintConnection
  readonly capture: Capture
  readonly server: CaptureServer
}

type Meaning = (replay: Replay) => Promise<void>

/** What came back and how it was judged, for a request without a method of its own. */
async function judged({
  connection,
  capture,
}: Replay): Promise<{ status: number; json: unknown; failure: { code: string; message: string } | null }> {
  const method = capture.request.method
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'DELETE') throw new Error(`unexpected method ${method}`)
  const answer = await connection.ask({
    method,
    path: capture.request.path,
    ...(capture.request.body === null ? {} : { body: capture.request.body }),
  })
  const failure = answer.status < 300 ? null : connection.failureOf(answer)
  return { status: answer.status, json: answer.json, failure: failure && { code: failure.code, message: failure.message } }
}

function succeeds(json: unknown): Meaning {
  return async (replay) => {
    const seen = await judged(replay)
    expect(seen.failure).toBeNull()
    expect(seen.json).toEqual(json)
  }
}

function failsSaying(words: string, code = 'node.unhealthy'): Meaning {
  return async (replay) => {
    const { failure } = await judged(replay)
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) as string })
  }
}

function acts(vm: VmUuid, action: FlintAction, outcome: 'accepted' | 'already'): Meaning {
  return async ({ client, server }) => {
    await expect(client.act(vm, action)).resolves.toBe(outcome)
    expect(server.received).toHaveLength(1)
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({ action })
  }
}

function rejects(ask: (client: FlintClient) => Promise<unknown>, code: string, words = ''): Meaning {
  return async ({ client }) => {
    await expect(ask(client)).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string })
  }
}

const listed = (state: string, cpuPercent: number) => ({
  name: 'vps-102-professional',
  uuid: professional,
  state,
  cpuPercent,
  memoryKiB: 262_144,
  vcpus: 1,
  cpuTimeSeconds: 9,
  ipAddresses: [],
})

function lists(professionalState: string, cpuPercent: number): Meaning {
  return async ({ client }) => {
    const list = await client.listVms()
    expect(list.unreadable).toBe(0)
    expect(list.vms.map((vm) => [vm.name, vm.state])).toEqual([
      ['vps-101-starter', 'running'],
      ['vps-102-professional', professionalState],
      ['vps-103-free-vps', 'shutoff'],
    ])
    expect(list.vms[1]).toEqual(listed(professionalState, cpuPercent))
  }
}

const meanings: Record<string, Meaning> = {
  'healthy/health': async ({ client }) => {
    await expect(client.health()).resolves.toMatchObject({
      state: 'healthy',
      problem: '',
      hostname: 'kvm-a',
      totalVms: 3,
      nodeTimeMs: expect.any(Number) as number,
    })
  },
  'healthy/host-status': async ({ client }) => {
    await expect(client.host()).resolves.toEqual({
      hostname: 'kvm-a',
      totalVms: 3,
      runningVms: 2,
      limited: false,
      remarks: [{ severity: 'info', message: 'All systems nominal' }],
    })
  },
  'healthy/host-resources': async ({ client }) => {
    await expect(client.resources()).resolves.toEqual({
      cpuCores: 2,
      memoryTotalKiB: 24_684_092,
      memoryFreeKiB: 23_870_484,
      storageTotalBytes: 270_553_174_016,
      storageUsedBytes: 189_518_512_128,
    })
  },
  'healthy/vms': lists('running', 4),
  'healthy/vms-with-paused': lists('paused', 0),
  'healthy/vms-8s-after-stop-still-running': lists('running', 6),
  'healthy/vm-detail-running': async ({ client }) => {
    await expect(client.vm(starter)).resolves.toMatchObject({
      uuid: starter,
      name: 'vps-101-starter',
      state: 'running',
      cpuTimeSeconds: 5,
      ipAddresses: [],
    })
  },
  'healthy/vm-detail-shutoff': async ({ client }) => {
    await expect(client.vm(free)).resolves.toMatchObject({ name: 'vps-103-free-vps', state: 'shutoff' })
  },
  'healthy/vm-detail-after-delete-still-there': async ({ client }) => {
    await expect(client.vm(free)).resolves.toMatchObject({ name: 'vps-103-free-vps' })
  },
  'healthy/vm-detail-gone': async ({ client }) => {
    await expect(client.vm(free)).resolves.toBeNull()
  },
  'healthy/vm-detail-not-found': async ({ client }) => {
    await expect(client.vm(nobody)).resolves.toBeNull()
  },
  'healthy/vm-detail-bad-uuid': failsSaying('invalid UUID format', 'node.refused'),
  'healthy/unauthorized': rejects((client) => client.listVms(), 'node.unauthorized', 'refuses the API key'),
  'healthy/unauthorized-bad-key': rejects((client) => client.listVms(), 'node.unauthorized', 'refuses the API key'),
  'healthy/api-key': async ({ server, connection }) => {
    const answer = await connection.succeed({ path: '/api/api-key', headers: { authorization: null, cookie: 'flint_session=abc' } })
    expect(answer.text).toBe(key)
    expect(server.received[0]?.headers.authorization).toBeUndefined()
  },
  'healthy/serial-console-info-unauthenticated': async ({ server, connection, capture }) => {
    const answer = await connection.succeed({ path: capture.request.path, headers: { authorization: null } })
    expect(answer.json).toMatchObject({ token: key })
    expect(server.received[0]?.headers.authorization).toBeUndefined()
  },
  'healthy/performance-panics': async ({ connection, capture, server }) => {
    await expect(connection.ask({ path: capture.request.path, retry: false })).rejects.toMatchObject({ code: 'node.unreachable' })
    expect(server.received).toHaveLength(1)
  },
  'healthy/not-found-route': failsSaying('lacks a part', 'node.not-flint'),
  'healthy/connection-status': succeeds({ connected: true, uri: 'qemu:///system', effective_uri: 'qemu:///system', ssh_enabled: false }),
  'healthy/guest-agent-status': succeeds({ available: false, vm_uuid: starter }),

  'healthy/action-start': acts(professional, 'start', 'accepted'),
  'healthy/action-stop-accepted-guest-ignores-acpi': acts(professional, 'stop', 'accepted'),
  'healthy/action-force-stop': acts(professional, 'force-stop', 'accepted'),
  'healthy/action-pause': acts(professional, 'pause', 'accepted'),
  'healthy/action-resume': acts(professional, 'resume', 'accepted'),
  'healthy/action-reboot': acts(professional, 'reboot', 'accepted'),
  'healthy/action-start-already-running': acts(professional, 'start', 'already'),
  'healthy/action-stop-already-off': acts(professional, 'stop', 'already'),
  'healthy/action-force-stop-already-off': acts(professional, 'force-stop', 'already'),
  'healthy/action-pause-already-off': acts(professional, 'pause', 'already'),
  'healthy/action-not-found': rejects((client) => client.act(nobody, 'start'), 'vm.unknown'),
  'healthy/action-unknown': rejects((client) => client.act(professional, 'start'), 'vm.action-refused', 'unknown action'),
  'healthy/action-bad-json': rejects((client) => client.act(professional, 'start'), 'vm.action-refused', 'Invalid JSON in request body'),

  'healthy/activity': async (replay) => {
    const { json } = await judged(replay)
    expect(json).toHaveLength(6)
  },
  'healthy/activity-empty': succeeds([]),
  'healthy/images-empty': succeeds([]),
  'healthy/images': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ name: 'ubuntu-24.04.qcow2', type: 'template' }])
  },
  'healthy/image-import': async (replay) => {
    expect((await judged(replay)).json).toMatchObject({ pool: 'flint-image-library' })
  },
  'healthy/image-repository': async (replay) => {
    expect((await judged(replay)).json).toContainEqual(expect.objectContaining({ id: 'debian-13' }))
  },
  'healthy/networks': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ name: 'default', bridge: 'virbr0' }])
  },
  'healthy/system-interfaces': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ ip_addresses: null }, { name: 'ifb1' }, { name: 'eth0' }])
  },
  'healthy/storage-pools': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ name: 'flint-image-library', state: 'Active' }])
  },
  'healthy/vm-templates-null': succeeds(null),

  'healthy/snapshots': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ name: 'final-103' }])
  },
  'healthy/snapshots-empty': succeeds([]),
  'healthy/snapshots-not-found': failsSaying(`no domain with matching uuid '${nobody}'`),
  'healthy/snapshot-create-running': async (replay) => {
    expect((await judged(replay)).json).toMatchObject({ name: 'weekly-1', state: 'running' })
  },
  'healthy/snapshot-create-shutoff': async (replay) => {
    expect((await judged(replay)).json).toMatchObject({ name: 'final-103', state: 'shutoff' })
  },
  'healthy/snapshot-create-duplicate': async (replay) => {
    const { failure } = await judged(replay)
    expect(failure?.message).toContain('domain moment final-103 already exists')
    expect(libvirtCode(failure?.message ?? '')).toBe(9)
  },
  'healthy/snapshot-delete': async (replay) => {
    await expect(judged(replay)).resolves.toMatchObject({ status: 204, failure: null })
  },
  'healthy/snapshot-delete-missing': failsSaying("snapshot 'final-103' not found"),
  'healthy/snapshot-revert': succeeds({ message: 'Revert action initiated.' }),
  'healthy/snapshot-revert-missing': failsSaying("snapshot 'nope' not found"),

  'healthy/vm-create': async (replay) => {
    expect((await judged(replay)).json).toMatchObject({ name: 'vps-104-starter', state: 'Shutoff' })
  },
  'healthy/vm-create-bad-name': failsSaying('VM name can only contain letters', 'node.refused'),
  'healthy/vm-create-zero-cpu': failsSaying('vCPUs must be greater than 0', 'node.refused'),
  'healthy/vm-create-missing-image': failsSaying('Failed to create VM'),
  'healthy/vm-create-duplicate-name': failsSaying('Failed to create VM'),
  'healthy/vm-delete-with-disks': async (replay) => {
    await expect(judged(replay)).resolves.toMatchObject({ status: 200, json: undefined, failure: null })
  },
  'healthy/vm-delete-after-snapshot-removed': async (replay) => {
    await expect(judged(replay)).resolves.toMatchObject({ status: 200, failure: null })
  },
  // "200" here is the lie; only the look afterwards (vm-detail-after-delete-still-there) tells.
  'healthy/vm-delete-with-snapshot-reports-200-but-vm-remains': async (replay) => {
    await expect(judged(replay)).resolves.toMatchObject({ status: 200, failure: null })
  },
  'healthy/vm-delete-not-found': failsSaying('Domain not found'),

  'healthy/vnc-info-running': succeeds({ vm_uuid: starter, host: '127.0.0.1', port: '5900' }),
  'healthy/vnc-info-shutoff': failsSaying('VM is not running (current state: 5)'),
  'healthy/vnc-info-paused': failsSaying('VM is not running (current state: 3)'),
  'healthy/vnc-info-not-found': failsSaying('Domain not found'),

  'healthy/volumes': succeeds([]),
  'healthy/volumes-after-create': async (replay) => {
    expect((await judged(replay)).json).toHaveLength(2)
  },
  'healthy/volumes-after-delete-with-disks': async (replay) => {
    expect((await judged(replay)).json).toMatchObject([{ name: 'ubuntu-24.04.qcow2' }])
  },
  'healthy/volumes-no-pool': failsSaying("no storage pool with matching name 'nope'"),
  'healthy/volume-create': async (replay) => {
    await expect(judged(replay)).resolves.toMatchObject({ status: 201, failure: null })
  },
  'healthy/volume-resize': succeeds({ status: 'success' }),
  'healthy/volume-delete': succeeds({ status: 'success' }),

  // Started without libvirt: "healthy" and full of inventions.
  'limited-mode/health': async ({ client }) => {
    await expect(client.health()).resolves.toMatchObject({ state: 'limited', hostname: 'localhost' })
  },
  'limited-mode/host-status': async ({ client }) => {
    await expect(client.host()).resolves.toMatchObject({ limited: true, totalVms: 0 })
  },
  'limited-mode/host-resources': async ({ client }) => {
    await expect(client.resources()).resolves.toMatchObject({ memoryTotalKiB: 12_655 })
    await expect(client.believable()).rejects.toMatchObject({ code: 'node.limited-mode' })
  },
  'limited-mode/vms': rejects((client) => client.listVms(), 'node.libvirt-lost'),
  'limited-mode/vm-detail-is-fabricated': rejects((client) => client.vm(uuid('11111111-2222-3333-4444-555555555555')), 'node.limited-mode'),
  'limited-mode/action-start': rejects((client) => client.act(uuid('11111111-2222-3333-4444-555555555555'), 'start'), 'node.limited-mode'),
  'limited-mode/connection-status': succeeds({
    connected: true,
    uri: 'qemu+tcp://127.0.0.1:1/system',
    effective_uri: 'qemu+tcp://127.0.0.1:1/system',
    ssh_enabled: false,
  }),
  'limited-mode/storage-pools': failsSaying('limited mode', 'node.limited-mode'),

  // libvirt went away under a running Flint: everything "not found".
  'libvirt-lost/health': async ({ client }) => {
    await expect(client.health()).resolves.toMatchObject({
      state: 'libvirt-lost',
      hostname: null,
      problem: expect.stringContaining('client socket is closed') as string,
    })
  },
  'libvirt-lost/host-status': rejects((client) => client.host(), 'node.libvirt-lost'),
  'libvirt-lost/host-resources': rejects((client) => client.resources(), 'node.libvirt-lost'),
  'libvirt-lost/vms': rejects((client) => client.listVms(), 'node.libvirt-lost'),
  'libvirt-lost/vm-detail-existing-vm-404': async ({ client }) => {
    await expect(client.vm(starter)).resolves.toBeNull()
    await expect(client.believable()).rejects.toMatchObject({ code: 'node.libvirt-lost' })
  },
  'libvirt-lost/action-start': rejects((client) => client.act(starter, 'start'), 'vm.unknown'),
  'libvirt-lost/connection-status': async (replay) => {
    expect((await judged(replay)).json).toMatchObject({
      connected: false,
      error_message: expect.stringContaining('client socket is closed') as string,
    })
  },
  'libvirt-lost/storage-pools': failsSaying('lost libvirt', 'node.libvirt-lost'),
  'libvirt-lost/vnc-info': failsSaying('lost libvirt', 'node.libvirt-lost'),
}

describe('a recorded exchange', () => {
  test('has its meaning asserted here, every one of them', () => {
    expect(captures.size).toBeGreaterThanOrEqual(90)
    expect(Object.keys(meanings).sort()).toEqual([...captures.keys()].sort())
  })

  test.each([...captures.keys()])('%s is understood', async (name) => {
    const capture = captures.get(name)
    const meaning = meanings[name]
    if (!capture || !meaning) throw new Error(`${name} has no meaning asserted`)
    // The node's own health stands beside, for what asks it too.
    const folder = name.split('/')[0] ?? ''
    const health = captures.get(`${folder}/health`)
    const server = await CaptureServer.start(health ? [capture, health] : [capture])
    const { log, text } = recordedLog()
    const options = { baseUrl: server.url, key, log, retryPauseMs: 1 }
    const client = new FlintClient(options)
    const connection = new FlintConnection(options)
    try {
      await meaning({ client, connection, capture, server })
      expect(text()).not.toContain(key)
    } finally {
      await client.close()
      await connection.close()
      await server.stop()
    }
  })
})

describe('a healthy node as recorded', () => {
  let server: CaptureServer
  let client: FlintClient
  beforeAll(async () => {
    server = await CaptureServer.start(
      [...captures.values()].filter((capture) => /^healthy\/(?:health|host-status|vms|api-key)$/.test(capture.name)),
    )
    client = new FlintClient({ baseUrl: server.url, key, log: recordedLog().log })
  })
  afterAll(async () => {
    await client.close()
    await server.stop()
  })

  test('may be believed, and is asked with the key as a bearer', async () => {
    await expect(client.believable()).resolves.toMatchObject({ host: { hostname: 'kvm-a' } })
    expect(server.received.at(-1)?.headers.authorization).toBe(`Bearer ${key}`)
  })

  test('that takes no passphrase login is not mistaken for a wrong passphrase', async () => {
    await expect(fetchKeyByPassphrase({ baseUrl: server.url, log: recordedLog().log }, 'secret')).rejects.toMatchObject({
      code: 'node.unhealthy',
    })
  })
})

describe('Flint’s three shapes of error', () => {
  test.each([
    ['{"error":"vCPUs must be greater than 0"}\n', 'vCPUs must be greater than 0'],
    ['{"error": "Failed: no "quoted" thing"}\n', 'Failed: no "quoted" thing'],
    ["lookup pool: virError(Code=49, Domain=18, Message='x')\n", "lookup pool: virError(Code=49, Domain=18, Message='x')"],
    ['<html><body>502</body></html>', ''],
    ['', ''],
    ['{"error": {"nested": true}}', '{"error": {"nested": true}}'],
  ])('%j says %j', (text, said) => {
    expect(errorText(text)).toBe(said)
  })

  test('a long or many-lined one is cut and put on one line', () => {
    expect(errorText(`a\nb\u0000c${'x'.repeat(10_000)}`)).toMatch(/^a b cx{395}…$/)
  })
})
