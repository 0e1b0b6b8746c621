// Routes about the host itself: health, status, resources, connection, activity, networks, interfaces, the key, the image catalogue.
import { json, handBuiltError, jsonError, sniffedJson, type Answer } from './answers.ts'
import { hostInterface, type SimulatedHost } from './host.ts'
import { hashText } from './random.ts'
import type { Route, RouteContext } from './router.ts'
import { connectionLost } from './vir-error.ts'

interface HostStatus {
  hostname: string
  hypervisor_version: string
  total_vms: number
  running_vms: number
  paused_vms: number
  shutoff_vms: number
  health_checks: { type: string; message: string }[]
}

interface HostResources {
  total_memory_kb: number
  free_memory_kb: number
  cpu_cores: number
  storage_total_b: number
  storage_used_b: number
  active_interfaces: number
}

function hostStatus(host: SimulatedHost): HostStatus {
  const states = host.vms.map((vm) => vm.state)
  const running = states.filter((state) => state === 'Running').length
  const paused = states.filter((state) => state === 'Paused').length
  const checks: { type: string; message: string }[] = []
  const usedPercent = (host.storage.usedBytes() / host.storage.totalBytes) * 100
  if (usedPercent > 85) {
    checks.push({ type: 'info', message: `System status: ${running + paused}/${states.length} VMs active, 0 storage pools inactive` })
    const critical = usedPercent > 95
    const message = critical ? 'Storage usage critical' : 'High storage usage'
    checks.push({ type: critical ? 'error' : 'warning', message: `${message}: ${usedPercent.toFixed(1)}% of total storage used` })
  } else {
    checks.push({ type: 'info', message: 'All systems nominal' })
  }
  return {
    hostname: host.options.hostname,
    hypervisor_version: '9000000',
    total_vms: states.length,
    running_vms: running,
    paused_vms: paused,
    shutoff_vms: states.length - running - paused,
    health_checks: checks,
  }
}

function hostResources(host: SimulatedHost): HostResources {
  return {
    total_memory_kb: host.options.memoryKiB,
    free_memory_kb: host.freeMemoryKiB(),
    cpu_cores: host.options.cpuCores,
    storage_total_b: host.storage.totalBytes,
    storage_used_b: host.storage.usedBytes(),
    // Flint counts a tag that libvirt never writes in that form, so this is 0 whatever there is.
    active_interfaces: 0,
  }
}

const limitedStatus: HostStatus = {
  hostname: 'localhost',
  hypervisor_version: 'QEMU 6.2.0',
  total_vms: 0,
  running_vms: 0,
  paused_vms: 0,
  shutoff_vms: 0,
  health_checks: [{ type: 'info', message: 'System running in development mode (libvirt not connected)' }],
}

/** Without libvirt Flint shows its own process's memory as the host's, and invented disk space. */
function limitedResources(host: SimulatedHost): HostResources {
  return {
    total_memory_kb: 12_655,
    free_memory_kb: 12_281,
    cpu_cores: host.options.cpuCores,
    storage_total_b: 536_870_912_000,
    storage_used_b: 107_374_182_400,
    active_interfaces: 2,
  }
}

/** The fields stand in alphabetical order: Flint builds this answer from a map. */
function health(host: SimulatedHost, status: HostStatus, resources: HostResources): Answer {
  const healthy = { error: '', healthy: true }
  return json({
    checks: { host_resources: healthy, host_status: healthy, libvirt: healthy },
    host: {
      hostname: status.hostname,
      hypervisor_version: status.hypervisor_version,
      running_vms: status.running_vms,
      total_vms: status.total_vms,
    },
    resources: {
      cpu_cores: resources.cpu_cores,
      free_memory_kb: resources.free_memory_kb,
      storage_total_b: resources.storage_total_b,
      storage_used_b: resources.storage_used_b,
      total_memory_kb: resources.total_memory_kb,
    },
    status: 'healthy',
    ...healthFooter(host),
  })
}

function unhealthy(host: SimulatedHost): Answer {
  const failed = { error: '', healthy: false }
  const libvirt = { error: `list domains: ${connectionLost().text}`, healthy: false }
  return json({ checks: { host_resources: failed, host_status: failed, libvirt }, status: 'unhealthy', ...healthFooter(host) }, 503)
}

/** The uptime is Flint's own placeholder: always an hour, give or take a microsecond. */
function healthFooter(host: SimulatedHost): { timestamp: number; uptime_seconds: number; version: string } {
  const noise = (300 + Math.floor(host.random() * 900)) / 1e9
  return { timestamp: Math.floor(host.now() / 1000), uptime_seconds: 3600 + noise, version: '0.1.0' }
}

function connection(uri: string, error: string | null): Answer {
  const status = { connected: error === null, uri, effective_uri: uri, ssh_enabled: false }
  return json(error === null ? status : { ...status, error_message: error })
}

function systemInterfaces(host: SimulatedHost): Answer {
  const seconds = Math.floor(host.now() / 1000)
  const hash = hashText(host.options.hostname).toString(16).padStart(8, '0')
  const mac = (last: string) => `52:54:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}:${last}`
  const idle = { speed: 'Unknown', rx_bytes: 0, tx_bytes: 0, rx_packets: 0, tx_packets: 0 }
  return json([
    { name: 'ifb0', type: 'unknown', state: 'down', ip_addresses: null, mac_address: mac('01'), mtu: 1500, ...idle },
    { name: 'virbr0', type: 'libvirt-bridge', state: 'up', ip_addresses: ['192.168.122.1/24'], mac_address: mac('02'), mtu: 1500, ...idle },
    {
      name: hostInterface,
      type: 'physical',
      state: 'up',
      ip_addresses: ['192.0.2.2/24', 'fe80::1/64'],
      mac_address: mac('03'),
      mtu: 1500,
      speed: '10000 Mbps',
      rx_bytes: (seconds % 100_000_000) * 9000,
      tx_bytes: (seconds % 100_000_000) * 21_000,
      rx_packets: (seconds % 100_000_000) * 11,
      tx_packets: (seconds % 100_000_000) * 17,
    },
  ])
}

function healthAnswer({ host }: RouteContext): Answer {
  return host.faults.libvirtLost ? unhealthy(host) : health(host, hostStatus(host), hostResources(host))
}

export const hostRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/api/health',
    open: true,
    answer: healthAnswer,
    limited: ({ host }) => health(host, limitedStatus, limitedResources(host)),
  },
  {
    method: 'GET',
    pattern: '/api/host/status',
    answer: ({ host }) => (host.faults.libvirtLost ? jsonError(500, 'Internal server error') : json(hostStatus(host))),
    limited: () => json(limitedStatus),
  },
  {
    method: 'GET',
    pattern: '/api/host/resources',
    answer: ({ host }) =>
      host.faults.libvirtLost
        ? handBuiltError(500, `failed to get node info: ${connectionLost().text}`)
        : json(hostResources(host)),
    limited: ({ host }) => json(limitedResources(host)),
  },
  {
    method: 'GET',
    pattern: '/api/connection/status',
    answer: ({ host }) => connection('qemu:///system', host.faults.libvirtLost ? `list domains: ${connectionLost().text}` : null),
    limited: () => connection('qemu+tcp://127.0.0.1:1/system', null),
  },
  { method: 'GET', pattern: '/api/activity', answer: ({ host }) => sniffedJson(host.activity), limited: () => sniffedJson([]) },
  { method: 'GET', pattern: '/api/system-interfaces', answer: ({ host }) => systemInterfaces(host), limited: () => json([]) },
  // Plain text, without a newline; empty when no key is in force.
  { method: 'GET', pattern: '/api/api-key', answer: ({ host }) => ({ status: 200, contentType: 'text/plain', body: host.key ?? '' }) },
]
