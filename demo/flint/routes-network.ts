// Routes about networks, filters and a VM's additional disks and interfaces: read in Flint's source, for no recorded exchange shows them.
import { empty, handBuiltError, json, plainError, type Answer } from './answers.ts'
import { hostInterface, type SimulatedHost } from './host.ts'
import { decodeBody, type DecodedBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { connectionLost, operationInvalid, VirError } from './vir-error.ts'
import type { SimulatedVm } from './vm.ts'

const limitedError = 'libvirt connection not available'

/** Runs an act of libvirt; its failure becomes the given answer, with the step that failed in front. */
function onLibvirt(host: SimulatedHost, failed: (text: string) => Answer, act: (step: (name: string) => void) => Answer): Answer {
  let step = ''
  try {
    host.requireLibvirt()
    return act((name) => {
      step = name
    })
  } catch (error) {
    if (error instanceof VirError) return failed(`${step}${error.text}`)
    throw error
  }
}

const handBuilt = (text: string): Answer => handBuiltError(500, text)

function listNetworks({ host }: RouteContext): Answer {
  if (host.faults.libvirtLost) return plainError(500, `list networks: ${connectionLost().text}`)
  return json(
    host.networks.networks().map(({ name, uuid, isActive, bridge }) => ({ name, uuid, is_active: isActive, is_persistent: true, bridge })),
  )
}

function createNetwork({ host, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  return onLibvirt(host, handBuilt, (step) => {
    step('failed to define network: ')
    host.networks.create(wanted.text('name'), wanted.text('bridgeName'))
    return empty(201)
  })
}

function changeNetwork({ host, params, body }: RouteContext): Answer {
  const action = decodeBody(body).text('action')
  const name = params['name'] ?? ''
  return onLibvirt(
    host,
    (text) => handBuiltError(500, `Failed to update network: ${text}`),
    (step) => {
      step(`failed to lookup network '${name}': `)
      const network = host.networks.lookup(name)
      if (!['start', 'stop', 'restart'].includes(action)) {
        return handBuiltError(500, `Failed to update network: invalid action '${action}'. Valid actions: start, stop, restart`)
      }
      network.isActive = action !== 'stop'
      return json({ status: 'success' })
    },
  )
}

function deleteNetwork({ host, params }: RouteContext): Answer {
  const name = params['name'] ?? ''
  if (name === 'default') return plainError(400, 'Cannot delete default network')
  return onLibvirt(
    host,
    (text) => handBuiltError(500, `Failed to delete network: ${text}`),
    (step) => {
      step(`failed to lookup network '${name}': `)
      host.networks.delete(name)
      return json({ message: `Network '${name}' deleted successfully` })
    },
  )
}

/** One rule as libvirt writes it. */
function ruleLine(rule: DecodedBody): string {
  const written = (name: string, value: string, isLegal: boolean) => {
    if (value !== '' && !isLegal) throw new VirError(1, 33, `internal error: ${name} has illegal value ${value}`)
    return value === '' ? '' : ` ${name}='${value}'`
  }
  const port = (name: string, value: string) => written(name, value, Number(value) < 65_536)
  // These protocols are those of IPv4; libvirt has others for IPv6, which Flint does not know.
  const address = (name: string, value: string) => written(name, value, !value.includes(':'))
  const protocol = ['tcp', 'udp', 'icmp', 'all'].includes(rule.text('protocol')) ? rule.text('protocol') : 'ip'
  const hasPorts = protocol === 'tcp' || protocol === 'udp'
  const match = [
    address('srcipaddr', rule.text('srcip')),
    address('dstipaddr', rule.text('dstip')),
    hasPorts ? port('srcportstart', rule.text('srcport')) : '',
    hasPorts ? port('dstportstart', rule.text('dstport')) : '',
  ].join('')
  return `  <rule action='${rule.text('action')}' direction='${rule.text('direction')}' priority='${rule.integer('priority')}'>\n    <${protocol}${match}/>\n  </rule>`
}

function rulesOf(body: DecodedBody): string[] {
  return body.objects('rules').map(ruleLine)
}

function createFilter({ host, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  if (wanted.text('name') === '') return plainError(400, 'filter name required')
  return onLibvirt(
    host,
    (text) => plainError(500, `define nwfilter: ${text}`),
    () => {
      host.networks.defineFilter(wanted.text('name'), rulesOf(wanted))
      // Flint sets the content type after the status was sent: the header never arrives.
      return { ...json({ message: 'filter created' }, 201), contentType: 'text/plain; charset=utf-8' }
    },
  )
}

function changeFilter({ host, params, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  return onLibvirt(
    host,
    (text) => plainError(500, `update nwfilter: ${text}`),
    () => {
      host.networks.defineFilter(params['name'] ?? '', rulesOf(wanted))
      return json({ message: 'filter updated' })
    },
  )
}

function deleteFilter({ host, params }: RouteContext): Answer {
  const name = params['name'] ?? ''
  return onLibvirt(
    host,
    (text) => plainError(500, text),
    (step) => {
      step(`lookup nwfilter '${name}': `)
      host.networks.filter(name)
      step('undefine nwfilter: ')
      host.networks.deleteFilter(name, false)
      return json({ message: 'filter deleted' })
    },
  )
}

/** QEMU adds devices to a running machine by ACPI alone. */
function refuseHotplug(vm: SimulatedVm): void {
  if (vm.state !== 'Shutoff' && !vm.hasAcpi)
    throw new VirError(1, 10, "internal error: unable to execute QEMU command 'device_add': Bus 'pci.0' does not support hotplugging")
}

/** libvirt's live attach: refused for a VM that does not run, and forgotten at its power-off. */
function attachDisk({ host, params, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  return onLibvirt(host, handBuilt, (step) => {
    step('lookup domain: ')
    const vm = host.lookup(params['uuid'] ?? '')
    step('failed to attach disk: ')
    if (vm.state === 'Shutoff') throw operationInvalid(10, 'domain is not running')
    const targetDev = wanted.text('targetDev')
    const path = wanted.text('volumePath')
    if (vm.disks.some((disk) => disk.targetDev === targetDev))
      throw new VirError(9, 10, `operation failed: target ${targetDev} already exists`)
    refuseHotplug(vm)
    if (!host.storage.hasFile(path)) throw new VirError(38, 18, `Cannot access storage file '${path}': No such file or directory`)
    const disk = { device: 'disk' as const, targetDev, source: { kind: 'file' as const, path } }
    vm.disks.push(disk)
    const end = vm.onPower((change) => {
      if (change !== 'off') return
      vm.disks.splice(vm.disks.indexOf(disk), 1)
      end()
    })
    host.record('Disk Attached', vm.name, `Disk ${path} attached as ${targetDev}`)
    return json({ message: 'Disk attached successfully' })
  })
}

function attachNetwork({ host, params, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  const network = wanted.text('networkName') === '' ? wanted.text('source') : wanted.text('networkName')
  if (network === '' || wanted.text('model') === '') return handBuiltError(400, 'Missing required fields: source/networkName and model')
  return onLibvirt(
    host,
    (text) => handBuiltError(500, `Failed to attach network interface: ${text}`),
    (step) => {
      step('lookup domain: ')
      const vm = host.lookup(params['uuid'] ?? '')
      step('failed to attach network interface: ')
      // Into a definition libvirt writes any name; the VM then does not start.
      if (vm.state !== 'Shutoff') {
        if (network !== hostInterface) host.networks.lookup(network)
        refuseHotplug(vm)
      }
      const nic = { ...host.nic(`${vm.uuid} ${vm.nics.length}`), network }
      vm.nics.push(nic)
      if (vm.state !== 'Shutoff') {
        const end = vm.onPower((change) => {
          if (change !== 'off') return
          vm.nics.splice(vm.nics.indexOf(nic), 1)
          end()
        })
      }
      host.record('Network Interface Attached', vm.name, `Network interface attached to ${network} (network)`)
      return json({ message: 'Network interface attached successfully' })
    },
  )
}

export const networkRoutes: Route[] = [
  { method: 'GET', pattern: '/api/networks', answer: listNetworks, limited: () => json([]) },
  { method: 'POST', pattern: '/api/networks', answer: createNetwork, limited: () => handBuilt(limitedError) },
  {
    method: 'PUT',
    pattern: '/api/networks/{name}',
    answer: changeNetwork,
    limited: () => handBuilt(`Failed to update network: ${limitedError}`),
  },
  {
    method: 'DELETE',
    pattern: '/api/networks/{name}',
    answer: deleteNetwork,
    limited: () => handBuilt(`Failed to delete network: ${limitedError}`),
  },
  {
    method: 'GET',
    pattern: '/api/nwfilters',
    answer: ({ host }) =>
      onLibvirt(
        host,
        (text) => plainError(500, `list nwfilters: ${text}`),
        () => json(host.networks.filters()),
      ),
    limited: () => plainError(500, limitedError),
  },
  {
    method: 'GET',
    pattern: '/api/nwfilters/{name}',
    answer: ({ host, params }) =>
      onLibvirt(
        host,
        (text) => plainError(404, `lookup nwfilter '${params['name'] ?? ''}': ${text}`),
        () => json(host.networks.filter(params['name'] ?? '')),
      ),
    limited: () => plainError(404, limitedError),
  },
  { method: 'POST', pattern: '/api/nwfilters', answer: createFilter, limited: () => plainError(500, limitedError) },
  { method: 'PUT', pattern: '/api/nwfilters/{name}', answer: changeFilter, limited: () => plainError(500, limitedError) },
  { method: 'DELETE', pattern: '/api/nwfilters/{name}', answer: deleteFilter, limited: () => plainError(500, limitedError) },
  { method: 'POST', pattern: '/api/vms/{uuid}/attach-disk', answer: attachDisk, limited: () => handBuilt(limitedError) },
  {
    method: 'POST',
    pattern: '/api/vms/{uuid}/attach-network',
    answer: attachNetwork,
    limited: () => handBuilt(`Failed to attach network interface: ${limitedError}`),
  },
]
