// Why an intent is there: its reason, the facts as they stand now, and what has been recorded.
import { useRead } from '../../lib/queries.ts'
import { decisionName, guardName, serviceStateName } from '../../lib/words.ts'
import { Instant } from '../Age.tsx'
import { ErrorNotice, Note } from '../Note.tsx'
import { Facts } from '../Panel.tsx'
import { Skeleton } from '../EmptyState.tsx'
import { AuditTimeline } from './AuditTimeline.tsx'
import { FactList } from './FactList.tsx'
import { CustomerLink, NodeLink, ServiceLink } from './links.tsx'
import type { IntentRow } from './states.tsx'
import { IntentState } from './states.tsx'

export function WhyIntent({ intent }: { readonly intent: IntentRow }) {
  const plan = useRead('automation.plan', {})
  const now = plan.data?.find((row) => row.serviceId === intent.serviceId)
  return (
    <div className="stack">
      <Note tone={intent.kind === 'suspend' ? 'warn' : 'ok'} title={intent.reason} />
      {intent.error !== null && <ErrorNotice error={intent.error} />}
      <Facts
        rows={[
          ['State', <IntentState key="state" intent={intent} />],
          ['Service', <ServiceLink key="service" id={intent.serviceId} />],
          ['Customer', <CustomerLink key="customer" id={null} name={intent.customerName} />],
          ['Node', <NodeLink key="node" nodeId={intent.nodeId} name={intent.node} />],
          ['Planned', <Instant key="created" at={intent.createdAt} />],
          [
            'Approved by',
            intent.approvedBy ?? (
              <span key="approved" className="faint">
                –
              </span>
            ),
          ],
          ['Attempts', intent.attempts],
        ]}
      />
      <section className="panel">
        <div className="sub-head">Facts as they stand now</div>
        {plan.error !== null ? (
          <ErrorNotice error={plan.error} />
        ) : plan.data === undefined ? (
          <Skeleton lines={3} />
        ) : now === undefined ? (
          <p className="panel-body muted">The service is not linked any more: the intent ends by itself.</p>
        ) : (
          <>
            <Facts
              rows={[
                ['State', serviceStateName(now.state)],
                ['Decision', decisionName(now.decision)],
                ['Because', now.reason],
                ...(now.blockedBy.length === 0 ? [] : [['Held by', now.blockedBy.map(guardName).join(', ')] as const]),
              ]}
            />
            <FactList facts={now.facts} />
          </>
        )}
      </section>
      <section className="panel">
        <div className="sub-head">Recorded</div>
        <AuditTimeline serviceId={intent.serviceId} />
      </section>
    </div>
  )
}
