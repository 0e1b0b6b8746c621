// `fleet-poll`: a look at 100 nodes of 50 VMs against the slowest node's own answer. `fleet-filter`: the fleet's filter on 10,000 rows against the same
// filter written by hand over a plain array.
import { Agent, get } from 'node:http'
import { Nodes } from '../../electron/worker/nodes/nodes.ts'
import { vmFilterFields } from '../../renderer/features/vms/columns.tsx'
import type { FleetVm } from '../../renderer/features/vms/fleet.ts'
import { filterRows } from '../../renderer/lib/filter.ts'
import { EstateProcess } from '../estateProcess.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

const nodeCount = 100
const vmsOfNode = 50
const pollRounds = 5
const fleetRows = 10_000
const filterRounds = 31
const filtersOfRound = 20

/** A node's list, asked and parsed with nothing in between. */
function bareList(url: string, key: string, agent: Agent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(`${url}/api/vms`, { agent, headers: { authorization: `Bearer ${key}` } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      })
    }).on('error', reject)
  })
}

async function measurePoll(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  await using estate = await EstateProcess.start({ nodes: nodeCount, vms: nodeCount * vmsOfNode, customers: 10, invoices: 0 })
  using workshop = openWorkshop()
  const nodes = new Nodes(workshop.context)
  const agent = new Agent({ keepAlive: true })
  try {
    await Promise.all(estate.connect.nodes.map((node) => nodes.add(node.name, node.url, { kind: 'key', value: node.key })))
    const looked = await nodes.lookAtAll()
    tell(`${looked.filter((look) => look.error === null).length} nodes, ${nodes.rows().reduce((sum, node) => sum + node.vms, 0)} VMs`)
    return await inTurns(
      pollRounds,
      () => elapsedMs(() => nodes.lookAtAll()),
      () => elapsedMs(() => Promise.all(estate.connect.nodes.map((node) => bareList(node.url, node.key, agent)))),
    )
  } finally {
    agent.destroy()
    await nodes.stop()
  }
}

function fleet(): FleetVm[] {
  const customers = ['Acme Hosting', 'Zoë Müller', 'Meera Iyer', 'Robert Lang', 'Árni Jónsson']
  return Array.from({ length: fleetRows }, (_, index): FleetVm => ({
    nodeId: `node-${index % 40}`,
    nodeName: `blr-${index % 40}`,
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    name: `vps-${index}-business-vps`,
    state: index % 7 === 0 ? 'shutoff' : 'running',
    memoryKiB: (1 + (index % 16)) * 1_048_576,
    vcpus: 1 + (index % 8),
    cpuPercent: index % 100,
    cpuTimeSeconds: index,
    ipAddresses: [`10.0.${index % 250}.${index % 200}`],
    observedAt: 1,
    service: {
      id: index + 1,
      status: 'active',
      productName: 'Business VPS',
      customerId: index + 1,
      customerName: customers[index % customers.length] ?? '',
      paidUntil: '2026-12-24',
    },
    hold: null,
    suspended: false,
    tags: index % 3 === 0 ? ['gold'] : [],
    note: '',
    isProtected: false,
    leak: null,
  }))
}

async function measureFilter(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  const rows = fleet()
  const words = new WeakMap<FleetVm, string>()
  const byText = (): number => filterRows(rows, 'node:blr-1 state:running customer:acme mem:>4g', vmFilterFields, words).length
  const byHand = (): number =>
    rows.filter(
      (vm) =>
        vm.nodeName.toLowerCase().includes('blr-1') &&
        vm.state.includes('running') &&
        (vm.service?.customerName ?? '').toLowerCase().includes('acme') &&
        vm.memoryKiB > 4 * 1_048_576,
    ).length
  if (byText() !== byHand()) throw new Error(`the filter finds ${byText()} rows, by hand there are ${byHand()}`)
  tell(`${byText()} of ${rows.length} rows`)
  const repeated = async (work: () => number): Promise<number> =>
    elapsedMs(async () => {
      for (let turn = 0; turn < filtersOfRound; turn += 1) work()
    })
  await repeated(byText)
  await repeated(byHand)
  const measured = await inTurns(
    filterRounds,
    () => repeated(byText),
    () => repeated(byHand),
  )
  return { value: measured.value / filtersOfRound, baseline: measured.baseline / filtersOfRound }
}

export const rows: readonly Row[] = [
  { name: 'fleet-poll', unit: 'ms', goal: 1.3, better: 'lower', measure: measurePoll },
  { name: 'fleet-filter', unit: 'ms', goal: 2, better: 'lower', measure: measureFilter },
]
