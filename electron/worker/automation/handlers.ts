// The contract's methods of links, policy, plan, intents, guards, holds and the record.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { listAuditRows, type AuditRow } from '../../../db/repositories/audit.ts'
import { nodeNames } from '../../../db/repositories/names.ts'
import { dayOf } from '../../../shared/domain/calendar.ts'
import { asId, type IntentId, type NodeId, type ServiceId, type VmRef, type VmUuid } from '../../../shared/domain/ids.ts'
import type { Context } from '../context.ts'
import type { PowerWish } from '../nodes/power.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Automation } from './automation.ts'
import { findingHandlers } from './findings.ts'
import type { AutomationBilling } from './peers.ts'

type AutomationMethods = Extract<keyof Handlers, `${'links' | 'policy' | 'automation' | 'intents' | 'vault' | 'guards' | 'holds' | 'audit'}.${string}`>
const defaultAuditLimit = 1_000

function auditView(row: AuditRow, nodes: Map<NodeId, string>): MethodOutput<'audit.list'>[number] {
  return {
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    action: row.action,
    serviceId: row.serviceId,
    nodeId: row.nodeId,
    node: row.nodeId === null ? null : (nodes.get(row.nodeId) ?? null),
    vm: row.vmName,
    why: row.why,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
    hash: row.hash,
  }
}

const serviceOf = (id: number) => asId<ServiceId>(id)
const intentOf = (id: string) => asId<IntentId>(id)

/** @param start begins a power action by the operator's hand, as a job */
export function automationHandlers(context: Context, automation: Automation, billing: AutomationBilling, start: (wish: PowerWish) => { jobId: string }) {
  const { links, policies, queue, guards, holds, audit, planner, vault } = automation
  /** Today in Paymenter's zone; in this machine's where no billing is connected. */
  const today = () => (billing.connected() ? billing.today() : dayOf(context.clock.now(), Intl.DateTimeFormat().resolvedOptions().timeZone))
  const kicked = <T>(value: T): T => {
    automation.kick()
    return value
  }
  return {
    'links.list': () => links.list(),
    'links.suggest': () => links.suggest(),
    'links.confirm': ({ serviceId, nodeId, uuid }) => {
      const ref: VmRef = { nodeId: asId<NodeId>(nodeId), uuid: asId<VmUuid>(uuid) }
      return kicked(links.confirm(serviceOf(serviceId), ref))
    },
    'links.confirmObvious': () => kicked(links.confirmObvious()),
    'links.cover': ({ serviceId }) => kicked(links.cover(serviceOf(serviceId), billing.timeZone())),
    'links.remove': ({ serviceId }) => kicked(links.remove(serviceOf(serviceId))),

    'policy.show': () => policies.view(),
    'policy.set': (change) => kicked(policies.set(change)),

    'policy.preview': (change) => {
      const next = policies.with(change)
      const [before, after] = [planner.toSuspend(policies.current()), planner.toSuspend(next)]
      return {
        before: before.map((entry) => entry.service.serviceId),
        after: after.map((entry) => entry.service.serviceId),
        names: Object.fromEntries([...before, ...after].map(({ service }) => [String(service.serviceId), `${service.nodeName}/${service.vmName}`])),
        warnings: policies.warnings(next),
      }
    },

    ...findingHandlers(context, automation, billing),
    'automation.status': () => automation.status(),
    'automation.plan': () => planner.rows(policies.current()),
    'automation.preview': ({ days }) => planner.preview(policies.current(), days ?? 7),
    'automation.explain': ({ serviceId }) => planner.explain(policies.current(), serviceOf(serviceId)),
    'automation.run': () => context.jobs.start('run', 'Sync, plan and act', (progress) => automation.run(progress)),

    'intents.list': (query) => queue.list(query),
    'intents.approve': async ({ id, confirm }) => kicked(await queue.approve(intentOf(id), confirm)),
    'intents.cancel': ({ id }) => kicked(queue.cancel(intentOf(id))),
    'intents.retry': ({ id }) => kicked(queue.retry(intentOf(id))),
    'intents.resolve': ({ id }) => kicked(queue.resolve(intentOf(id))),

    'vault.list': () => vault.list(),
    'vault.restore': ({ nodeId, uuid, why, days }) => {
      const ref: VmRef = { nodeId: asId<NodeId>(nodeId), uuid: asId<VmUuid>(uuid) }
      vault.takeBack(ref, why ?? '')
      return start({ ref, action: 'start', why, days })
    },

    'guards.list': () => guards.list(),
    'guards.release': ({ code, by, why }) => kicked(guards.release(code, by, why)),

    'holds.list': () => holds.list(),
    'holds.add': (input) => kicked(holds.add({ ...input, serviceId: serviceOf(input.serviceId) }, today())),
    'holds.remove': ({ serviceId }) => kicked(holds.remove(serviceOf(serviceId))),

    'audit.list': ({ serviceId, sinceAt, limit }) => {
      const nodes = nodeNames(context.db.orm)
      const query = {
        limit: limit ?? defaultAuditLimit,
        ...(serviceId === undefined ? {} : { serviceId: serviceOf(serviceId) }),
        ...(sinceAt === undefined ? {} : { sinceAt }),
      }
      return listAuditRows(context.db.orm, query).map((row) => auditView(row, nodes))
    },
    'audit.verify': () => audit.verify(),
  } satisfies Pick<Handlers, AutomationMethods>
}
