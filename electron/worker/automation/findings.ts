// Findings as they stand now: facts of the database put before the pure rules, and the operator's answers to those that ask.
import { activeServices, answeredKeys, answerFinding, sizesOfLinked } from '../../../db/repositories/findingFacts.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { findingsOf, type Finding } from '../../../shared/domain/findings.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import type { Automation } from './automation.ts'
import type { AutomationBilling } from './peers.ts'
import { policyOrDefault } from './steps.ts'

type FindingMethods = 'automation.findings' | 'automation.answerFinding'

function view(finding: Finding): MethodOutput<'automation.findings'>[number] {
  return {
    ...finding,
    resolve: finding.resolve.map((way) => ({ ...way })),
    money: finding.money.map((amount) => ({ ...amount })),
    serviceIds: [...finding.serviceIds],
  }
}

export function findingHandlers(context: Context, automation: Automation, billing: AutomationBilling): Pick<Handlers, FindingMethods> {
  const { orm } = context.db

  const found = (): Finding[] => {
    if (!billing.connected()) return []
    const sizes = sizesOfLinked(orm)
    const services = automation.planner.decideAll(policyOrDefault(automation.policies)).map(({ service, policy, decision }) => ({
      serviceId: service.serviceId,
      customerName: service.customerName,
      productName: service.productName,
      nodeId: service.nodeId,
      node: service.nodeName,
      name: service.vmName,
      memoryKiB: sizes.get(service.serviceId)?.memoryKiB ?? null,
      quantity: sizes.get(service.serviceId)?.quantity ?? 1,
      facts: service.facts,
      policy,
      decision,
    }))
    return findingsOf(services, activeServices(orm), billing.today(), answeredKeys(orm))
  }

  return {
    'automation.findings': () => found().map(view),
    'automation.answerFinding': ({ key, by }) => {
      const finding = found().find((known) => known.key === key)
      if (!finding) throw new Failure('finding.unknown', 'That finding is not there any more.', 'Look at the findings again.')
      if (!finding.resolve.some((way) => way.action === 'answer')) {
        throw new Failure(
          'finding.not-a-question',
          'This finding goes away by itself when its cause does; it cannot be answered.',
          finding.resolve[0]?.text,
        )
      }
      const who = by?.trim() || 'operator'
      context.db.transaction(() => {
        answerFinding(orm, { key, by: who, at: context.clock.now() })
        automation.audit.append({
          actor: who,
          action: 'finding.answered',
          serviceId: finding.serviceId,
          nodeId: finding.nodeId,
          vmName: finding.name,
          why: 'Off for another reason: left alone.',
          detail: { key },
        })
      })
      context.changed('links')
      return { ok: true }
    },
  }
}
