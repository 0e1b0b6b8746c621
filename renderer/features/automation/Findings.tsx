// Findings: where billing and the VMs do not agree, by kind, each with what would resolve it, answered singly or all of a kind.
import { Link } from '@tanstack/react-router'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Amounts } from '../../components/Amount.tsx'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { HoldForm } from '../../components/estate/HoldForm.tsx'
import { NodeLink, ServiceLink } from '../../components/estate/links.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { AnswerAll } from './AnswerAll.tsx'
import { actionVerbs, findingTitles, findingTones, groupFindings, isClickable } from './findingWords.ts'
import type { FindingGroup, FindingRow } from './findingWords.ts'
import { useFindingAnswer } from './useFindingAnswer.ts'

const shownAtFirst = 50

export function Findings() {
  const read = useRead('automation.findings', {})
  const groups = useMemo(() => groupFindings(read.data ?? []), [read.data])
  if (read.data === undefined) return read.error === null ? <Skeleton /> : <ErrorNotice error={read.error} />
  return (
    <>
      <ErrorNotice error={read.error} />
      {groups.length === 0 && (
        <section className="panel">
          <EmptyState icon={IconCircleCheck} title="No findings">
            Billing and the linked VMs agree. What does not agree appears here, with what would resolve it.
          </EmptyState>
        </section>
      )}
      {groups.map((group) => (
        <Group key={group.kind} group={group} />
      ))}
    </>
  )
}

function Group({ group: { kind, findings, together } }: { readonly group: FindingGroup }) {
  const dialogs = useDialogs()
  const [all, setAll] = useState(false)
  const shown = all ? findings : findings.slice(0, shownAtFirst)
  return (
    <Panel
      title={findingTitles[kind]}
      note={findings[0]?.serviceId === null ? undefined : count(findings.length, 'service')}
      actions={
        findings.length > 1 &&
        together.map((action) => (
          <Button
            key={action}
            onClick={() => {
              dialogs.open(findingTitles[kind], (close) => <AnswerAll action={action} findings={findings} close={close} />, 620)
            }}
          >
            {actionVerbs[action]}: all {findings.length}
          </Button>
        ))
      }
    >
      <div className="panel-scroll">
        <table className="plain findings">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Whose</th>
              <th scope="col">Found</th>
              <th scope="col" className="end">
                A period
              </th>
              <th scope="col">What would resolve it</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((finding) => (
              <Row key={finding.key} finding={finding} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < findings.length && (
        <div className="panel-foot">
          <button
            type="button"
            className="link"
            onClick={() => {
              setAll(true)
            }}
          >
            Show all {findings.length.toLocaleString()}
          </button>
        </div>
      )}
    </Panel>
  )
}

function Row({ finding }: { readonly finding: FindingRow }) {
  return (
    <tr>
      <td>
        {finding.serviceId === null ? (
          <span className="muted">Everything</span>
        ) : (
          <span className="stack tight">
            <ServiceLink id={finding.serviceId}>
              <MiddleCut text={finding.name ?? `#${String(finding.serviceId)}`} />
            </ServiceLink>
            {finding.nodeId !== null && finding.node !== null && (
              <span className="small">
                <NodeLink nodeId={finding.nodeId} name={finding.node} />
              </span>
            )}
          </span>
        )}
      </td>
      <td className="whose">{finding.customerName === null ? '–' : <MiddleCut text={finding.customerName} />}</td>
      <td className="wrap because">
        <span className={findingTones[finding.severity]}>{finding.message}</span>
      </td>
      <td className="end">
        <Amounts amounts={finding.money} />
      </td>
      <td className="wrap because">
        <ul className="ways">
          {finding.resolve.map((way) => (
            <li key={way.action}>
              <span className="muted">{way.text}</span> <Way finding={finding} action={way.action} />
            </li>
          ))}
        </ul>
      </td>
    </tr>
  )
}

/** The button, or the way to the screen, that goes with a way out; nothing where it is done in Paymenter. */
function Way({ finding, action }: { readonly finding: FindingRow; readonly action: FindingRow['resolve'][number]['action'] }) {
  const dialogs = useDialogs()
  const answer = useFindingAnswer()
  const [isBusy, setIsBusy] = useState(false)
  const of = finding.name ?? finding.customerName ?? finding.key
  if (isClickable(action)) {
    const go = async (): Promise<void> => {
      setIsBusy(true)
      try {
        await answer(finding, action)
        tellDone(`${actionVerbs[action]}: ${of}`, 'The finding goes when its cause has gone.')
      } catch (error) {
        tellFailure(`${actionVerbs[action]}: ${of}`, error)
      } finally {
        setIsBusy(false)
      }
    }
    return (
      <Button
        busy={isBusy}
        aria-label={`${actionVerbs[action]}: ${of}`}
        onClick={() => {
          void go()
        }}
      >
        {actionVerbs[action]}
      </Button>
    )
  }
  const { serviceId } = finding
  if ((action === 'hold-no-stop' || action === 'hold-no-start') && serviceId !== null) {
    const kind = action === 'hold-no-stop' ? 'no-stop' : 'no-start'
    return (
      <Button
        aria-label={`Hold: ${of}`}
        onClick={() => {
          dialogs.open(`Hold: ${of.slice(0, 80)}`, (close) => <HoldForm serviceId={serviceId} of={of} kind={kind} close={close} />)
        }}
      >
        Hold
      </Button>
    )
  }
  if (action === 'run' || action === 'policy') {
    const tab = action === 'run' ? 'queue' : 'policy'
    return (
      <Link className="button" to="/automation/$tab" params={{ tab }}>
        {action === 'run' ? 'Queue' : 'Policy'}
      </Link>
    )
  }
  return null
}
