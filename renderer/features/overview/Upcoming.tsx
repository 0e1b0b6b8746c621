// What automation would do today, from the plan; nothing of it is sent from here.
import { Link } from '@tanstack/react-router'
import { IconBan, IconCalendarOff, IconClock, IconHandStop, IconPlayerPlay, IconTrashX } from '@tabler/icons-react'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ServiceLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { Tag } from '../../components/Tag.tsx'
import type { Tone } from '../../components/Tag.tsx'
import { useRead } from '../../lib/queries.ts'
import { decisionName, serviceStateName } from '../../lib/words.ts'

const shownRows = 10
const looks = {
  suspend: { tone: 'warn', icon: IconBan },
  unsuspend: { tone: 'ok', icon: IconPlayerPlay },
  'propose-termination': { tone: 'bad', icon: IconTrashX },
  hold: { tone: 'accent', icon: IconHandStop },
  none: { tone: 'off', icon: IconClock },
} satisfies Record<string, { tone: Tone; icon: typeof IconBan }>

export function Upcoming() {
  const plan = useRead('automation.plan', {})
  const mode = useRead('automation.status', {}).data?.mode
  const rows = plan.data ?? []
  const acting = rows.filter((row) => row.decision !== 'none')
  const grace = rows.filter((row) => row.decision === 'none' && row.state === 'in-grace')
  const contradictions = rows.filter((row) => row.state === 'contradiction').length
  const shown = [...acting, ...grace]
  return (
    <Panel
      title="Today’s plan"
      note={mode === 'observe' ? 'observed only: nothing is sent' : undefined}
      actions={
        <Link className="link" to="/automation/$tab" params={{ tab: 'plan' }}>
          Whole plan
        </Link>
      }
    >
      <ErrorNotice error={plan.error} />
      {plan.data === undefined && plan.error === null && <Skeleton lines={4} />}
      {plan.data !== undefined && shown.length === 0 && (
        <EmptyState icon={IconCalendarOff} title="Nothing is due">
          {rows.length === 0 ? 'No service is linked to a VM yet: link some under Services.' : 'Every linked service is as it should be.'}
        </EmptyState>
      )}
      {shown.length > 0 && (
        <table className="plain">
          <tbody>
            {shown.slice(0, shownRows).map((row) => (
              <tr key={row.serviceId}>
                <td className="cut-cell">
                  <ServiceLink id={row.serviceId}>
                    <MiddleCut text={row.name} />
                  </ServiceLink>
                </td>
                <td className="end" title={row.reason}>
                  <Tag {...looks[row.decision]} word={row.decision === 'none' ? serviceStateName(row.state) : decisionName(row.decision)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(shown.length > shownRows || contradictions > 0) && (
        <div className="panel-foot">
          {shown.length > shownRows && `${String(shown.length - shownRows)} more. `}
          {contradictions > 0 && `${String(contradictions)} with facts that contradict each other: nothing is done to them.`}
        </div>
      )}
    </Panel>
  )
}
