// The route that makes a VM: Flint's checks in Flint's order, and one sentence for every failure behind them.
import { handBuiltError, json, jsonError, type Reply } from './answers.ts'
import type { SimulatedHost } from './host.ts'
import { randomUuid } from './random.ts'
import { decodeBody, type DecodedBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { vmDetail } from './routes-vms.ts'
import { poolPath, volumePath } from './storage.ts'
import type { VmDisk } from './vm.ts'

interface NewVm {
  name: string
  memoryMiB: number
  vcpus: number
  imageName: string
  imageType: string
  startOnCreate: boolean
  networkName: string
  diskPool: string
  diskGiB: number
  cloudInit: { hostname: string; username: string; packages: string[] } | null
  pxe: { kernelUrl: string; initrdUrl: string } | null
}

/** Throws BadBody when a value has the wrong type. */
function readNewVm(body: DecodedBody): NewVm {
  const common = body.object('cloudInit')?.object('commonFields') ?? null
  const pxe = body.object('pxeConfig')
  return {
    name: body.text('Name'),
    memoryMiB: body.unsigned('MemoryMB'),
    vcpus: body.integer('VCPUs'),
    imageName: body.text('ImageName'),
    imageType: body.text('ImageType'),
    startOnCreate: body.flag('StartOnCreate'),
    networkName: body.text('NetworkName'),
    diskPool: body.text('DiskPool'),
    diskGiB: body.unsigned('DiskSizeGB'),
    cloudInit:
      body.object('cloudInit') === null
        ? null
        : { hostname: common?.text('hostname') ?? '', username: common?.text('username') ?? '', packages: common?.texts('packages') ?? [] },
    pxe: pxe === null ? null : { kernelUrl: pxe.text('kernelUrl'), initrdUrl: pxe.text('initrdUrl') },
  }
}

type Check = [fails: boolean, message: string]

function cloudInitChecks(cloudInit: NewVm['cloudInit']): Check[] {
  if (cloudInit === null) return []
  const { hostname, username, packages } = cloudInit
  const checks: Check[] = [
    [hostname.length > 64, 'hostname must be 64 characters or less'],
    [!/^[a-zA-Z0-9.-]*$/.test(hostname), 'hostname can only contain letters, numbers, dots, and hyphens'],
    [username.length > 32, 'username must be 32 characters or less'],
    [!/^[a-zA-Z0-9_-]*$/.test(username), 'username can only contain letters, numbers, hyphens, and underscores'],
    [packages.length > 50, 'cannot specify more than 50 packages'],
    [packages.some((name) => name.length > 100), 'package name must be 100 characters or less'],
    [
      packages.some((name) => !/^[a-zA-Z0-9._-]+$/.test(name)),
      'package name can only contain letters, numbers, dots, hyphens, and underscores',
    ],
  ]
  return checks.map(([fails, message]) => [fails, `invalid cloud-init config: ${message}`])
}

function isWeb(url: string): boolean {
  return /^https?:\/\//.test(url)
}

function pxeChecks(vm: NewVm): Check[] {
  if (vm.imageType !== 'pxe') return []
  return [
    [vm.pxe === null, "PXE configuration is required when imageType is 'pxe'"],
    [vm.pxe?.kernelUrl === '', 'kernel URL is required for PXE boot'],
    [vm.pxe?.initrdUrl === '', 'initrd URL is required for PXE boot'],
    [!isWeb(vm.pxe?.kernelUrl ?? ''), 'kernel URL must be a valid HTTP/HTTPS URL'],
    [!isWeb(vm.pxe?.initrdUrl ?? ''), 'initrd URL must be a valid HTTP/HTTPS URL'],
  ]
}

/** The first check that fails, in Flint's order; null when all pass. */
function refusal(vm: NewVm): string | null {
  const checks: Check[] = [
    [vm.name === '', 'VM name is required'],
    [Buffer.byteLength(vm.name) > 64, 'VM name must be 64 characters or less'],
    [!/^[a-zA-Z0-9_-]+$/.test(vm.name), 'VM name can only contain letters, numbers, hyphens, and underscores'],
    [vm.memoryMiB === 0, 'memory must be greater than 0 MB'],
    [vm.memoryMiB > 524_288, 'memory cannot exceed 512 GB'],
    [vm.vcpus <= 0, 'vCPUs must be greater than 0'],
    [vm.vcpus > 128, 'vCPUs cannot exceed 128'],
    [vm.imageName === '' && vm.imageType !== 'pxe', 'image name is required'],
    [vm.imageName.length > 255, 'image name must be 255 characters or less'],
    [!['', 'iso', 'template', 'pxe'].includes(vm.imageType), "image type must be 'iso', 'template', or 'pxe'"],
    [vm.networkName.length > 50, 'network name must be 50 characters or less'],
    [vm.diskPool.length > 50, 'disk pool name must be 50 characters or less'],
    [vm.diskGiB > 10_000, 'disk size cannot exceed 10 TB'],
    ...pxeChecks(vm),
    ...cloudInitChecks(vm.cloudInit),
  ]
  return checks.find(([fails]) => fails)?.[1] ?? null
}

/** The disks as Flint makes them: none at all without an image type. */
function makeDisks(host: SimulatedHost, vm: NewVm): VmDisk[] {
  const disks: VmDisk[] = []
  if (vm.imageType !== '') {
    const volume = `${vm.name}-disk-0.qcow2`
    host.storage.createVolume(volume, vm.diskGiB)
    const main: VmDisk = { device: 'disk', targetDev: 'vda', source: { kind: 'volume', volume } }
    if (vm.imageType === 'template') main.backingImage = vm.imageName
    disks.push(main)
  }
  if (vm.imageType === 'iso') {
    disks.push({ device: 'cdrom', targetDev: 'sdb', source: { kind: 'file', path: volumePath(vm.imageName) } })
  }
  if (vm.cloudInit !== null) {
    const path = `${poolPath}/${vm.name}-cloudinit.iso`
    host.storage.addLooseFile(path, 0, 0, host.options.clock.now())
    disks.push({ device: 'cdrom', targetDev: 'hdc', source: { kind: 'file', path } })
  }
  return disks
}

function canCreate(host: SimulatedHost, vm: NewVm): boolean {
  if (host.faults.libvirtLost) return false
  if (vm.imageName !== '' && !host.storage.hasVolume(vm.imageName)) return false
  if (vm.imageType !== '' && host.storage.hasVolume(`${vm.name}-disk-0.qcow2`)) return false
  return host.vms.every((existing) => existing.name !== vm.name)
}

function createVm({ host, body }: RouteContext): Reply {
  const wanted = readNewVm(decodeBody(body))
  const reason = refusal(wanted)
  if (reason !== null) return jsonError(400, reason)
  if (wanted.imageName !== '' && !host.faults.libvirtLost && host.storage.isListBroken) return 'drop'
  if (!canCreate(host, wanted)) return handBuiltError(500, 'Failed to create VM')
  const uuid = randomUuid(host.random)
  const seed = {
    name: wanted.name,
    uuid,
    memoryKiB: wanted.memoryMiB * 1024,
    vcpus: wanted.vcpus,
    diskGiB: wanted.diskGiB,
    state: 'Shutoff' as const,
    withoutAcpi: true,
  }
  const nics = wanted.networkName === '' ? [] : [{ ...host.nic(uuid), network: wanted.networkName }]
  const vm = host.defineVm(seed, makeDisks(host, wanted), nics, false)
  if (wanted.startOnCreate && host.missingNetwork(vm) === null) vm.start()
  return json(vmDetail(host, vm))
}

export const createRoutes: Route[] = [
  {
    method: 'POST',
    pattern: '/api/vms',
    answer: createVm,
    limited: ({ body }) => {
      const reason = refusal(readNewVm(decodeBody(body)))
      return reason === null ? handBuiltError(500, 'Failed to create VM') : jsonError(400, reason)
    },
  },
]
