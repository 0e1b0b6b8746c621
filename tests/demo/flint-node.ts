// Builds simulated Flint nodes for tests: a clock that is moved by hand, the three captured VMs, and calls to the API.
import { SimulatedFlintNode, type FlintNodeOptions, type VmSeed } from '../../demo/flint/node.ts'

export const testKey = '0123456789abcdef'.repeat(4)

/** 22 November 2026, 11:25 UTC: when the exchanges were recorded. */
const captureTime = 1_795_346_709_000

export const starter: VmSeed = {
  name: 'vps-101-starter',
  uuid: '8cfc092e-a2b6-4bf0-8df2-57ff4dd640c7',
  memoryKiB: 262_144,
  vcpus: 1,
  diskGiB: 10,
  state: 'Running',
  origin: 'file',
}
export const professional: VmSeed = {
  ...starter,
  name: 'vps-102-professional',
  uuid: 'adca2c9a-4842-48da-8295-91af486031c4',
}
export const freeVps: VmSeed = {
  ...starter,
  name: 'vps-103-free-vps',
  uuid: '77505172-8937-4808-861e-d55164781f4d',
  state: 'Shutoff',
}
/** The one that was made by Flint while recording. */
export const created: VmSeed = {
  name: 'vps-104-starter',
  uuid: '13a9b74d-fce6-4c62-814c-1bc3bac050f7',
  memoryKiB: 262_144,
  vcpus: 1,
  diskGiB: 1,
  state: 'Shutoff',
}

export class TestClock {
  #now = captureTime

  now(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}

export interface TestNode {
  node: SimulatedFlintNode
  clock: TestClock
  /** Sends a request with the node's key; `headers` may take it away or replace it. */
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>
  act: (uuid: string, action: string) => Promise<Response>
  /** The state as the detail route tells it, or the status of its error. */
  shownState: (uuid: string) => Promise<unknown>
}

/** A started node; `options` replace the captured one's. */
export async function startTestNode(options: Partial<FlintNodeOptions> = {}): Promise<TestNode> {
  const clock = new TestClock()
  const node = new SimulatedFlintNode({
    hostname: 'kvm-a',
    key: testKey,
    passphrase: 'open sesame',
    cpuCores: 2,
    memoryKiB: 24_684_092,
    storageBytes: 270_553_174_016,
    vms: [starter, professional, freeVps],
    images: [],
    listDelayMs: 1,
    clock,
    ...options,
  })
  await node.start()
  const call: TestNode['call'] = (method, path, body, headers) =>
    fetch(`${node.url}${path}`, {
      method,
      redirect: 'manual',
      // A connection of its own each time: a node that is restarted cuts kept ones, which a client learns only by failing.
      headers: { ...(headers ?? { authorization: `Bearer ${testKey}` }), connection: 'close' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    node,
    clock,
    call,
    act: (uuid, action) => call('POST', `/api/vms/${uuid}/action`, { action }),
    shownState: async (uuid) => {
      const response = await call('GET', `/api/vms/${uuid}`)
      if (!response.ok) return response.status
      const detail: unknown = await response.json()
      return typeof detail === 'object' && detail !== null && 'state' in detail ? detail.state : undefined
    },
  }
}
