// One line per day ahead: the services by name, each leading to its place in the plan; quiet days are folded.
import { Link } from '@tanstack/react-router'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Amounts } from '../../components/Amount.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { aheadLines } from '../../lib/aheadDays.ts'
import type { AheadDay } from '../../lib/aheadDays.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count, formatMemory } from '../../lib/formatSize.ts'
import { formatWeekday } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'

type PlanRow = MethodOutput<'automation.plan'>[number]

const shownNames = 3
const dash = <span className="faint">–</span>

export function AheadTable({ days, plan }: { readonly days: readonly AheadDay[]; readonly plan: readonly PlanRow[] }) {
  const now = useMinute()
  const byService = new Map(plan.map((row) => [row.serviceId, row]))
  return (
    <div className="panel-scroll">
      <table className="plain ahead">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Would be suspended</th>
            <th scope="col" className="end">
              Trials end
            </th>
            <th scope="col" className="end">
              Notices
            </th>
            <th scope="col" className="end">
              Renew
            </th>
            <th scope="col" className="end">
              At risk
            </th>
            <th scope="col" className="end">
              Renewing
            </th>
            <th scope="col" className="end">
              Memory freed
            </th>
          </tr>
        </thead>
        <tbody>
          {aheadLines(days).map((line) => {
            if (line.kind === 'quiet') {
              return (
                <tr key={line.from}>
                  <td className="faint" colSpan={8}>
                    {formatWeekday(line.from, now)}
                    {line.days > 1 && ` to ${formatWeekday(line.to, now)}`} · nothing
                  </td>
                </tr>
              )
            }
            const { day } = line
            const when = formatWeekday(day.day, now)
            const trials = new Set(day.trialsEnding)
            return (
              <tr key={day.day}>
                <td>{day.day === days[0]?.day ? `Today, ${when}` : when}</td>
                <td className="wrap ahead-names">
                  {day.suspensions.length === 0 ? (
                    dash
                  ) : (
                    <Names ids={day.suspensions} trials={trials} byService={byService} title={`Would be suspended: ${when}`} />
                  )}
                </td>
                <td className="end">
                  <Amount ids={day.trialsEnding} byService={byService} title={`Trials that end: ${when}`} />
                </td>
                <td className="end">
                  <Amount ids={day.notices} byService={byService} title={`Told that they will be suspended: ${when}`} />
                </td>
                <td className="end">
                  <Amount ids={day.renewals} byService={byService} title={`Renew by an invoice: ${when}`} />
                </td>
                <td className="end">
                  <Amounts amounts={day.valueAtRisk} />
                </td>
                <td className="end">
                  <Amounts amounts={day.renewing} />
                </td>
                <td className="end">
                  {day.memoryFreedKiB === 0 ? dash : formatMemory(day.memoryFreedKiB)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

interface ServicesProps {
  readonly ids: readonly number[]
  readonly byService: ReadonlyMap<number, PlanRow>
  readonly title: string
}

function useWholeList({ ids, byService, title }: ServicesProps): () => void {
  const dialogs = useDialogs()
  return () => {
    dialogs.open(title, () => <WholeList ids={ids} byService={byService} />, 560)
  }
}

function Names({ trials, ...services }: ServicesProps & { readonly trials: ReadonlySet<number> }) {
  const showAll = useWholeList(services)
  const beyond = services.ids.length - shownNames
  return (
    <>
      {services.ids.slice(0, shownNames).map((id) => (
        <span key={id} className="ahead-name">
          <PlanLink id={id} name={services.byService.get(id)?.name} />
          {trials.has(id) && <span className="faint"> trial</span>}
        </span>
      ))}
      {beyond > 0 && (
        <button type="button" className="link" onClick={showAll}>
          and {beyond} more
        </button>
      )}
    </>
  )
}

function Amount(services: ServicesProps) {
  const showAll = useWholeList(services)
  if (services.ids.length === 0) return dash
  return (
    <button type="button" className="link" aria-label={`${services.title}, ${count(services.ids.length, 'service')}`} onClick={showAll}>
      {services.ids.length}
    </button>
  )
}

function PlanLink({ id, name }: { readonly id: number; readonly name: string | undefined }) {
  return (
    <Link className="link row-link" to="/automation/$tab" params={{ tab: 'plan' }} search={{ open: String(id) }}>
      <MiddleCut text={name ?? `Service ${String(id)}`} />
    </Link>
  )
}

function WholeList({ ids, byService }: Omit<ServicesProps, 'title'>) {
  return (
    <ul className="dialog-list tall" tabIndex={0} aria-label="Services">
      {ids.map((id) => {
        const row = byService.get(id)
        return (
          <li key={id}>
            <PlanLink id={id} name={row?.name} />
            <span className="muted cut-end">{row?.customerName ?? ''}</span>
            <span className="push faint">{row?.node}</span>
          </li>
        )
      })}
    </ul>
  )
}
