// Making VMs: what Flint would fail on without a word is said before, what it leaves out is found afterwards, the password is shown once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { createdVm } from '../../shared/contract/operations.ts'
import type { MethodInput } from '../../shared/contract/index.ts'
import type { NodeId } from '../../shared/domain/ids.ts'
import { vmNamesByImage } from '../../db/repositories/vmMarks.ts'
import { generatePassword } from '../../electron/worker/operations/oneTimeSecrets.ts'
import { canaryKey, vmSeed } from '../helpers/flintWorld.ts'
import { OperationsWorld } from '../helpers/operationsWorld.ts'

let world: OperationsWorld
let node: SimulatedFlintNode
let nodeId: NodeId

beforeEach(async () => {
  world = new OperationsWorld()
  const made = await world.node({
    vms: [vmSeed(1)],
    images: [
      { name: 'debian-12.qcow2', sizeBytes: 2e9 },
      { name: 'rescue.iso', sizeBytes: 6e8 },
    ],
  })
  node = made.node
  nodeId = made.nodeId
})
afterEach(async () => {
  await world.finish()
})

type Wish = MethodInput<'vms.create'>
const firstBoot = {
  hostname: 'shop',
  username: 'root',
  password: true,
  sshKeys: '',
  packages: [],
  network: 'dhcp',
} satisfies Wish['cloudInit']

function wish(change: Partial<Wish> = {}): Wish & { cloudInit: NonNullable<Wish['cloudInit']> | null } {
  return {
    nodeId,
    name: 'vps-9',
    memoryMiB: 1_024,
    vcpus: 1,
    diskGiB: 20,
    imageName: 'debian-12.qcow2',
    networkName: 'default',
    start: true,
    ...change,
    cloudInit: change.cloudInit === undefined ? firstBoot : change.cloudInit,
  }
}

async function codeOf(change: Partial<Wish>): Promise<string> {
  const job = await world.ended(world.do['vms.create'](wish(change)))
  return job.error?.code ?? job.state
}

describe('making a VM', () => {
  test('makes it, starts it, proves it, and remembers what it was built on', async () => {
    const job = await world.ended(world.do['vms.create'](wish()))
    expect(job.error).toBeNull()
    const made = createdVm.parse(job.result)
    expect(made).toMatchObject({ nodeId, name: 'vps-9', warning: null })
    expect(node.vm('vps-9')).toMatchObject({ state: 'Running', memoryKiB: 1_048_576, vcpus: 1 })
    expect(vmNamesByImage(world.context.db.orm, nodeId).get('debian-12.qcow2')).toEqual(['vps-9'])
    expect(world.recorded()).toContain('vm.created')
  })

  test('shows its password once, and keeps it nowhere', async () => {
    const job = await world.ended(world.do['vms.create'](wish()))
    const { passwordId } = createdVm.parse(job.result)
    const first = await world.do['vms.takePassword']({ id: passwordId ?? '' })
    expect(first.username).toBe('root')
    expect(first.password).toMatch(/^[a-zA-Z][a-zA-Z0-9]{19}$/)
    expect(await world.do['vms.takePassword']({ id: passwordId ?? '' })).toEqual({ username: null, password: null })
    expect(world.everythingWritten()).not.toContain(first.password ?? '?')
    expect(world.everythingWritten()).not.toContain(canaryKey)
  })

  test('leaves it off where that is wished, and makes no password where none is', async () => {
    const job = await world.ended(world.do['vms.create'](wish({ start: false, cloudInit: null })))
    expect(createdVm.parse(job.result)).toMatchObject({ passwordId: null, warning: null })
    expect(node.vm('vps-9')?.state).toBe('Shutoff')
    expect(node.vm('vps-9')?.disks).toHaveLength(1)
  })

  test('an installation from a CD gets an empty disk and the CD', async () => {
    await world.ended(world.do['vms.create'](wish({ imageName: 'rescue.iso', cloudInit: null })))
    expect(node.vm('vps-9')?.disks.map((disk) => disk.device)).toEqual(['disk', 'cdrom'])
  })

  test.each([
    ['a name that is taken', { name: 'vps-1' }, 'vm.name-taken'],
    ['an image that is not there', { imageName: 'debian-13.qcow2' }, 'image.unknown'],
    ['another VM’s disk as an image', { imageName: 'vps-1-disk-0.qcow2' }, 'image.is-a-disk'],
    ['a disk smaller than its image', { diskGiB: 1 }, 'vm.disk-too-small'],
    ['a network that is not there', { networkName: 'lan' }, 'network.unknown'],
    ['a network’s own bridge', { networkName: 'virbr0' }, 'network.unknown'],
    ['the host’s interface', { networkName: 'eth0' }, 'network.unknown'],
  ])('%s is refused before anything is sent', async (_what, change, code) => {
    expect(await codeOf(change)).toBe(code)
    expect(node.requests.filter((request) => request.method === 'POST')).toEqual([])
  })

  test('a disk that an earlier VM left behind is named', async () => {
    node.removeVm('vps-1')
    expect(await codeOf({ name: 'vps-1' })).toBe('vm.disk-left')
  })

  test('a node that cannot be believed makes nothing', async () => {
    node.faults.limitedMode = true
    expect(await codeOf({})).toBe('node.limited-mode')
  })

  test('an answer that was lost is looked for in the list', async () => {
    node.faults.actThenDrop = true
    const job = await world.ended(world.do['vms.create'](wish({ start: false })))
    expect(createdVm.parse(job.result).name).toBe('vps-9')
    expect(node.vms().filter((vm) => vm.name === 'vps-9')).toHaveLength(1)
  })

  test('a VM that does not start is made all the same, and says so', async () => {
    node.faults.failPowerActions = true
    const job = await world.ended(world.do['vms.create'](wish()))
    expect(createdVm.parse(job.result).warning).toContain('does not start')
  })
})

test('generated passwords differ and need no quotes', () => {
  const passwords = Array.from({ length: 500 }, generatePassword)
  expect(new Set(passwords).size).toBe(500)
  for (const password of passwords) expect(password).toMatch(/^[a-zA-Z][a-zA-Z2-9]{19}$/)
})
