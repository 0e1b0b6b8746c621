// Routes about VMs: the list that samples for a second, details, power actions, the delete that does not say what it did.
import {
  empty,
  handBuiltError,
  json,
  jsonError,
  plainError,
  sniffedJson,
  type Answer,
  type Reply,
} from './answers.ts'
import { domainXml, vncPort } from './domain-xml.ts'
import type { SimulatedHost } from './host.ts'
import { decodeBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { connectionLost, VirError } from './vir-error.ts'
import type { SimulatedVm } from './vm.ts'

const limitedError = 'libvirt connection not available'

function shownState(host: SimulatedHost, vm: SimulatedVm): string | null {
  const override = host.faults.shownStates[vm.uuid]
  return override === undefined ? vm.state : override
}

function vmSummary(host: SimulatedHost, vm: SimulatedVm): Record<string, unknown> {
  const agent = vm.state === 'Running' && vm.ipAddresses !== null
  return {
    name: vm.name,
    uuid: vm.uuid,
    state: shownState(host, vm),
    memory_kb: vm.memoryKiB,
    vcpus: vm.vcpus,
    cpu_percent: vm.cpuPercent(),
    uptime_sec: Math.floor(vm.cpuSeconds()),
    os_info: agent ? (vm.osInfo ?? 'Unknown') : 'Unknown',
    ip_addresses: agent ? vm.ipAddresses : null,
  }
}

/** The detail handler takes no CPU sample and asks no guest agent. */
export function vmDetail(host: SimulatedHost, vm: SimulatedVm): Record<string, unknown> {
  const disks = vm.disks.map((disk) => ({
    source_path: disk.source.kind === 'file' ? disk.source.path : '',
    target_dev: disk.targetDev,
    device: disk.device,
  }))
  return {
    name: vm.name,
    uuid: vm.uuid,
    state: shownState(host, vm),
    memory_kb: vm.memoryKiB,
    vcpus: vm.vcpus,
    cpu_percent: 0,
    uptime_sec: Math.floor(vm.cpuSeconds()),
    os_info: '',
    ip_addresses: null,
    max_memory_kb: vm.memoryKiB,
    xml: domainXml(vm),
    disks: disks.length > 0 ? disks : null,
    nics: vm.nics.length > 0 ? vm.nics.map((nic) => ({ mac: nic.mac, source: nic.network, model: 'virtio' })) : null,
    os: 'hvm',
  }
}

function inventedVm(uuid: string): Record<string, unknown> {
  return {
    name: 'demo-vm',
    uuid,
    state: 'running',
    memory_kb: 2_097_152,
    vcpus: 2,
    cpu_percent: 15.5,
    uptime_sec: 3600,
    os_info: 'Ubuntu 22.04',
    ip_addresses: ['192.168.122.100'],
    max_memory_kb: 4_194_304,
    xml: '<domain></domain>',
    disks: [{ source_path: '/var/lib/libvirt/images/demo-vm.qcow2', target_dev: 'vda', device: 'disk' }],
    nics: [{ mac: '52:54:00:12:34:56', source: 'default', model: 'virtio' }],
    os: 'linux',
  }
}

const uuidForm = /^[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}$/

async function listVms({ host, wait }: RouteContext): Promise<Answer> {
  if (host.faults.libvirtLost) return jsonError(500, 'Internal server error')
  await wait(host.options.listDelayMs ?? 1000)
  return json(host.vms.filter((vm) => !host.faults.omitFromList.includes(vm.uuid)).map((vm) => vmSummary(host, vm)))
}

function showVm(context: RouteContext, show: (uuid: string) => Record<string, unknown>): Answer {
  const uuid = context.params['uuid'] ?? ''
  if (!uuidForm.test(uuid)) return jsonError(400, 'invalid UUID format')
  try {
    return sniffedJson(show(uuid))
  } catch (error) {
    if (error instanceof VirError) return handBuiltError(404, 'VM not found')
    throw error
  }
}

interface Action {
  act: (vm: SimulatedVm) => void
  title: string
  message: string
}

const actions: Record<string, Action> = {
  start: { act: (vm) => vm.start(), title: 'VM Started', message: 'Virtual machine started successfully' },
  stop: { act: (vm) => vm.stop(), title: 'VM Stopped', message: 'Virtual machine shut down gracefully' },
  reboot: { act: (vm) => vm.reboot(), title: 'VM Rebooted', message: 'Virtual machine rebooted' },
  'force-stop': { act: (vm) => vm.forceStop(), title: 'VM Force Stopped', message: 'Virtual machine force stopped' },
  pause: { act: (vm) => vm.pause(), title: 'VM Paused', message: 'Virtual machine paused' },
  resume: { act: (vm) => vm.resume(), title: 'VM Resumed', message: 'Virtual machine resumed' },
}

/** A start that QEMU refuses: the message holds quotes that Flint does not escape, so that the answer is not JSON. */
function refusedByQemu(): VirError {
  return new VirError(
    1,
    10,
    'internal error: qemu unexpectedly closed the monitor: qemu-system-x86_64: -blockdev {"driver":"file"}: Failed to get "write" lock',
  )
}

function perform(host: SimulatedHost, uuid: string, name: string): void {
  const vm = host.lookup(uuid)
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined) throw new Error('unknown action')
  if (host.faults.failPowerActions) throw refusedByQemu()
  const missing = name === 'start' && vm.state === 'Shutoff' ? (host.missingDisk(vm) ?? host.missingNetwork(vm)) : null
  if (missing !== null) throw missing
  action.act(vm)
  host.record(action.title, vm.name, action.message)
}

function actOnVm({ host, params, body }: RouteContext): Answer {
  const name = decodeBody(body).text('action')
  try {
    perform(host, params['uuid'] ?? '', name)
    return empty(200)
  } catch (error) {
    if (!(error instanceof VirError)) return handBuiltError(500, error instanceof Error ? error.message : String(error))
    // Whatever failed in the look-up is "not found", a lost libvirt too.
    return error.code === 42 || error.domain === 7 ? handBuiltError(404, 'VM not found') : handBuiltError(500, error.text)
  }
}

/** Flint's delete: disks first, then an undefine whose failure nobody hears of. */
async function deleteVm({ host, params, query, wait }: RouteContext): Promise<Answer> {
  let vm: SimulatedVm
  try {
    vm = host.lookup(params['uuid'] ?? '')
  } catch (error) {
    if (error instanceof VirError) return plainError(500, `lookup domain: ${error.text}`)
    throw error
  }
  if (vm.state === 'Running') {
    vm.stop()
    // In Flint two seconds, as against one for the list; shortened with it in tests.
    await wait(2 * (host.options.listDelayMs ?? 1000))
    if (vm.state === 'Running') vm.forceStop()
  }
  if (query.get('deleteDisks') === 'true') {
    for (const { source } of vm.disks) {
      if (source.kind === 'file') host.storage.removeOwnFile(source.path)
      else if (host.storage.hasVolume(source.volume)) host.storage.deleteVolume(source.volume)
    }
  }
  if (vm.snapshots.length === 0 && !host.faults.ignoreDeletes) {
    if (vm.state === 'Shutoff') host.removeVm(vm.uuid)
    else vm.transient = true
  }
  return empty(200)
}

/** A VM with snapshots counts as a template; without any the list is null. The CPU sample is taken here too. */
async function vmTemplates({ host, wait }: RouteContext): Promise<Answer> {
  if (host.faults.libvirtLost) return plainError(500, `Failed to get VMs: list domains: ${connectionLost().text}`)
  await wait(host.options.listDelayMs ?? 1000)
  const templates = host.vms
    .filter((vm) => vm.snapshots.length > 0)
    .map((vm) => ({
      createdAt: new Date(host.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      description: `Template based on ${vm.name} with ${vm.snapshots.length} snapshots`,
      diskSize: 20,
      id: vm.uuid,
      memory: Math.floor(vm.memoryKiB / 1024),
      name: `${vm.name}-template`,
      sourceVM: vm.name,
      vcpus: vm.vcpus,
    }))
  return json(templates.length > 0 ? templates : null)
}

function guestAgent({ host, params }: RouteContext): Answer {
  const uuid = params['uuid'] ?? ''
  try {
    const vm = host.lookup(uuid)
    return json({ available: vm.state === 'Running' && vm.ipAddresses !== null, vm_uuid: uuid })
  } catch (error) {
    if (error instanceof VirError) return handBuiltError(500, `Failed to check guest agent status: lookup domain: ${error.text}`)
    throw error
  }
}

/** The VM whose console can be opened, or why not, in Flint's words. */
export function vncTarget(host: SimulatedHost, uuid: string): { vm: SimulatedVm } | { error: string } {
  if (host.faults.limitedMode) return { error: 'Failed to get VNC info: not implemented in dummy client' }
  try {
    const vm = host.lookup(uuid)
    if (vm.state === 'Running') return { vm }
    return { error: `Failed to get VNC info: VM is not running (current state: ${vm.state === 'Paused' ? 3 : 5})` }
  } catch (error) {
    if (error instanceof VirError) return { error: `Failed to get VNC info: failed to lookup domain: ${error.text}` }
    throw error
  }
}

function vncInfo({ host, params }: RouteContext): Answer {
  const target = vncTarget(host, params['uuid'] ?? '')
  return 'error' in target
    ? handBuiltError(500, target.error)
    : json({ vm_uuid: target.vm.uuid, host: '127.0.0.1', port: vncPort(target.vm) })
}

/** In every release this panics once the VM is found: the connection closes without an answer. */
function performance({ host, params }: RouteContext): Reply {
  try {
    host.lookup(params['uuid'] ?? '')
    return 'drop'
  } catch (error) {
    if (error instanceof VirError) return plainError(500, `lookup domain: ${error.text}`)
    throw error
  }
}

/** Hands the node's key to anyone, for any UUID; without a key in force it makes one up. */
function serialInfo({ host, params }: RouteContext): Answer {
  return json({ token: host.keyOrInvented(), websocket_path: `/api/vms/${params['uuid'] ?? ''}/serial-console/ws` })
}

export const vmRoutes: Route[] = [
  { method: 'GET', pattern: '/api/vms', answer: listVms, limited: () => jsonError(500, 'Internal server error') },
  {
    method: 'GET',
    pattern: '/api/vms/{uuid}',
    answer: (context) => showVm(context, (uuid) => vmDetail(context.host, context.host.lookup(uuid))),
    limited: (context) => showVm(context, inventedVm),
  },
  {
    method: 'POST',
    pattern: '/api/vms/{uuid}/action',
    answer: actOnVm,
    limited: ({ body }) => {
      decodeBody(body).text('action')
      return handBuiltError(500, limitedError)
    },
  },
  { method: 'DELETE', pattern: '/api/vms/{uuid}', answer: deleteVm, limited: () => plainError(500, limitedError) },
  {
    method: 'GET',
    pattern: '/api/vm-templates',
    answer: vmTemplates,
    limited: () => plainError(500, `Failed to get VMs: ${limitedError}`),
  },
  {
    method: 'GET',
    pattern: '/api/vms/{uuid}/guest-agent/status',
    answer: guestAgent,
    limited: ({ params }) => json({ available: false, vm_uuid: params['uuid'] ?? '' }),
  },
  { method: 'GET', pattern: '/api/vms/{uuid}/performance', answer: performance, limited: () => plainError(500, limitedError) },
  { method: 'GET', pattern: '/api/vms/{uuid}/vnc', answer: vncInfo },
  { method: 'GET', pattern: '/api/vms/{uuid}/serial-console', open: true, answer: serialInfo },
]
