// Answering all findings of a kind in one way.
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { actionVerbs } from './findingWords.ts'
import type { ClickableAction, FindingRow } from './findingWords.ts'
import { OneByOne } from './OneByOne.tsx'
import { useFindingAnswer } from './useFindingAnswer.ts'

interface AnswerAllProps {
  readonly action: ClickableAction
  readonly findings: readonly FindingRow[]
  readonly close: () => void
}

export function AnswerAll({ action, findings, close }: AnswerAllProps) {
  const answer = useFindingAnswer()
  return (
    <OneByOne
      items={findings}
      keyOf={(finding) => finding.key}
      meaning={findings[0]?.resolve.find((way) => way.action === action)?.text}
      label="What is answered"
      verb={`${actionVerbs[action]}: ${String(findings.length)}`}
      renderItem={(finding) => (
        <>
          <span className="cut strong">
            <MiddleCut text={finding.name ?? finding.key} />
          </span>
          {finding.customerName !== null && (
            <span className="muted row">
              <span>of</span> <MiddleCut text={finding.customerName} />
            </span>
          )}
        </>
      )}
      act={(finding) => answer(finding, action)}
      close={close}
    />
  )
}
