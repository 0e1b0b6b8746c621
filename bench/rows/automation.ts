// `plan`: the plan of 10,000 linked services against reading their rows by the bare driver. `act`: 200 suspensions over 20 nodes against the nodes'
// own delays.
import { Automation } from '../../electron/worker/automation/automation.ts'
import { MachinesOfAutomation } from '../../electron/worker/automation/machines.ts'
import type { AutomationBilling } from '../../electron/worker/automation/peers.ts'
import { Billing } from '../../electron/worker/billing/billing.ts'
import type { Context } from '../../electron/worker/context.ts'
import { Deletion } from '../../electron/worker/nodes/deletion.ts'
import { Nodes } from '../../electron/worker/nodes/nodes.ts'
import { dayOf } from '../../shared/domain/calendar.ts'
import { asId, type ServiceId } from '../../shared/domain/ids.ts'
import { EstateProcess } from '../estateProcess.ts'
import { makeShop } from '../reportRows.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

const plannedServices = 10_000
const plannedInvoices = 30_000
const planRounds = 5
const actNodes = 20
const suspensionsOfNode = 10
/** What a node takes for each answer, and an obedient guest to shut down. */
const answerMs = 100
const stopMs = 8_000
const dayMs = 86_400_000

/** One node and a VM for every service, linked, with two reads of each in its history. */
function linkAll(context: Context): void {
  const { sqlite } = context.db
  const now = context.clock.now()
  const today = dayOf(now, 'UTC')
  context.db.transaction(() => {
    sqlite
      .prepare("insert into nodes (id, name, url, created_at, state, findings, last_seen_at, checked_at) values ('n', 'n', 'http://127.0.0.1', 0, 'ok', '[]', ?, ?)")
      .run(now, now)
    const vm = sqlite.prepare(
      `insert into vms (node_id, uuid, name, state, memory_kib, vcpus, cpu_time_seconds, ip_addresses, first_seen_at, observed_at)
       values ('n', ?, ?, 'running', 1048576, 1, 0, '[]', 0, ?)`,
    )
    const link = sqlite.prepare("insert into links (service_id, node_id, uuid, vm_name, reason, confirmed_at) values (?, 'n', ?, ?, 'name', 0)")
    const read = sqlite.prepare(
      `insert into service_history (service_id, read_at, previous_read_at, read_on, status, expires_on, expiry_readable)
       select id, ?, ?, ?, status, expires_on, 1 from services where id = ?`,
    )
    for (let id = 1; id <= plannedServices; id += 1) {
      const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`
      vm.run(uuid, `vps-${id}`, now)
      link.run(id, uuid, `vps-${id}`)
      read.run(now - dayMs, null, today, id)
      read.run(now, now - dayMs, today, id)
    }
  })
}

function billingOf(context: Context): AutomationBilling {
  const refuse = (): never => {
    throw new Error('a plan asks nothing of billing')
  }
  return {
    connected: () => true,
    timeZone: () => 'UTC',
    today: () => dayOf(context.clock.now(), 'UTC'),
    sync: refuse,
    onNews: () => undefined,
    refreshService: refuse,
    setServiceStatus: refuse,
  }
}

async function measurePlan(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  using workshop = openWorkshop()
  const { context } = workshop
  makeShop(context.db, { services: plannedServices, invoices: plannedInvoices, years: 3, nowMs: context.clock.now() })
  linkAll(context)
  const nodes = new Nodes(context)
  const automation = new Automation(context, nodes, billingOf(context), new MachinesOfAutomation(nodes, new Deletion(context, nodes)))
  const reads = [
    `select l.*, s.id, s.customer_id, s.product_id, s.status, s.currency, s.price_minor, s.quantity, s.expires_on, s.expiry_readable, s.created_at,
       s.gone_at, v.name, v.state, v.memory_kib, v.observed_at, v.off_since, c.first_name, c.last_name, p.name
     from links l join services s on s.id = l.service_id left join vms v on v.node_id = l.node_id and v.uuid = l.uuid
     left join customers c on c.id = s.customer_id left join products p on p.id = s.product_id order by l.service_id`,
    `select i.service_id, n.id, n.status, n.due_on, n.due_readable, n.created_on from invoice_items i join invoices n on n.id = i.invoice_id
     where i.service_id in (select service_id from links) and n.gone_at is null and i.gone_at is null`,
    'select * from service_history where service_id in (select service_id from links) order by id',
    'select * from suspensions where ended_at is null',
    'select * from holds',
  ].map((text) => context.db.sqlite.prepare(text))
  const bare = async (): Promise<number> =>
    elapsedMs(async () => {
      for (const read of reads) read.all()
    })
  const plan = async (): Promise<number> =>
    elapsedMs(async () => {
      const rows = automation.planner.rows(automation.policies.current())
      if (rows.length !== plannedServices) throw new Error(`${rows.length} services were planned`)
    })
  await plan()
  await bare()
  tell(`${plannedServices} services`)
  const measured = await inTurns(planRounds, plan, bare)
  await automation.stop()
  await nodes.stop()
  return measured
}

async function measureAct(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  await using estate = await EstateProcess.start({ nodes: actNodes, vms: 900, customers: 650, listDelayMs: 0, stopDelayMs: stopMs })
  using workshop = openWorkshop()
  const { context } = workshop
  const nodes = new Nodes(context)
  const billing = new Billing(context)
  const automation = new Automation(context, nodes, billing, new MachinesOfAutomation(nodes, new Deletion(context, nodes)))
  try {
    await Promise.all(estate.connect.nodes.map((node) => nodes.add(node.name, node.url, { kind: 'key', value: node.key })))
    const overdue = new Set(await estate.makeOverdue())
    await billing.connect({ url: estate.connect.billing.url, token: estate.connect.billing.token })
    await billing.sync({ full: true })
    await nodes.lookAtAll()
    automation.links.confirmObvious()
    const due = new Set(automation.planner.toSuspend(automation.policies.current()).map((entry) => entry.service.serviceId))
    const left = new Map<string, number>()
    for (const { serviceId, nodeId } of automation.links.list()) {
      const known = left.get(nodeId) ?? 0
      if (overdue.has(serviceId) && due.has(asId<ServiceId>(serviceId)) && known < suspensionsOfNode) left.set(nodeId, known + 1)
      else automation.links.remove(asId<ServiceId>(serviceId))
    }
    const chosen = automation.links.list().length
    if (chosen !== actNodes * suspensionsOfNode) throw new Error(`only ${chosen} services can be suspended`)
    automation.policies.set({ values: { mode: 'auto', maxPerRun: '10000', forceAfterSeconds: '3600' } })
    await estate.delayNodes(answerMs)
    const value = await elapsedMs(async () => {
      const result = await automation.run({ signal: new AbortController().signal, report: () => undefined })
      tell(`${result.done} suspended, ${result.failed} failed, held by ${result.held.map((guard) => guard.code).join(', ') || 'nothing'}`)
      if (result.done !== chosen) throw new Error(`only ${result.done} of ${chosen} were suspended`)
    })
    // One step at a time on each node: its health, the VM, the stop; then the last guest, and the look that sees it off.
    return { value, baseline: suspensionsOfNode * 3 * answerMs + stopMs + answerMs }
  } finally {
    await automation.stop()
    await billing.stop()
    await nodes.stop()
  }
}

export const rows: readonly Row[] = [
  { name: 'plan', unit: 'ms', goal: 3, better: 'lower', measure: measurePlan },
  { name: 'act', unit: 'ms', goal: 1.3, better: 'lower', measure: measureAct },
]
