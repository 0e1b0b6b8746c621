// Answering all findings of a kind in one way: each named first, then a result for each.
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { failureOf } from '../../lib/failure.ts'
import { actionVerbs } from './findingWords.ts'
import type { ClickableAction, FindingRow } from './findingWords.ts'
import { useFindingAnswer } from './useFindingAnswer.ts'

type Outcome = 'waiting' | 'asking' | 'done' | { readonly refused: string }

interface AnswerAllProps {
  readonly action: ClickableAction
  readonly findings: readonly FindingRow[]
  readonly close: () => void
}

export function AnswerAll({ action, findings: given, close }: AnswerAllProps) {
  // The list stays as it was when the dialog opened: what is answered leaves its group, not this list.
  const [findings] = useState(given)
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome> | null>(null)
  const answer = useFindingAnswer()
  const ended =
    outcomes !== null &&
    findings.every((finding) => {
      const outcome = outcomes.get(finding.key)
      return outcome === 'done' || typeof outcome === 'object'
    })
  const go = async (): Promise<void> => {
    setOutcomes(new Map())
    const put = (key: string, outcome: Outcome): void => {
      setOutcomes((current) => new Map(current ?? []).set(key, outcome))
    }
    for (const finding of findings) {
      put(finding.key, 'asking')
      try {
        await answer(finding, action)
        put(finding.key, 'done')
      } catch (error) {
        put(finding.key, { refused: failureOf(error).message })
      }
    }
  }
  return (
    <div className="stack">
      <p>{findings[0]?.resolve.find((way) => way.action === action)?.text}</p>
      <ul className="dialog-list tall" tabIndex={0} aria-label="What is answered">
        {findings.map((finding) => {
          const outcome = outcomes?.get(finding.key) ?? 'waiting'
          return (
            <li key={finding.key}>
              {outcomes !== null && <OutcomeIcon outcome={outcome} />}
              <span className="suggestion">
                <span className="row">
                  <span className="cut strong">
                    <MiddleCut text={finding.name ?? finding.key} />
                  </span>
                  {finding.customerName !== null && (
                    <span className="muted row">
                      <span>of</span> <MiddleCut text={finding.customerName} />
                    </span>
                  )}
                </span>
                {typeof outcome === 'object' && <span className="small bad">{outcome.refused}</span>}
              </span>
            </li>
          )
        })}
      </ul>
      <div className="dialog-actions">
        {outcomes === null ? (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              kind="primary"
              onClick={() => {
                void go()
              }}
            >
              {actionVerbs[action]}: {findings.length}
            </Button>
          </>
        ) : (
          <Button kind="primary" busy={!ended} onClick={close}>
            Close
          </Button>
        )}
      </div>
    </div>
  )
}

function OutcomeIcon({ outcome }: { readonly outcome: Outcome }) {
  if (outcome === 'waiting') return <Icon of={IconClock} className="faint" />
  if (outcome === 'asking') return <Icon of={IconLoader2} className="spin" />
  if (outcome === 'done') return <Icon of={IconCircleCheck} className="ok" />
  return <Icon of={IconAlertTriangle} className="bad" />
}
