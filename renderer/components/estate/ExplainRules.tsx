// Why this, why not that: every rule in its order, which one fits, and why the others do not.
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { useRead } from '../../lib/queries.ts'
import { decisionName } from '../../lib/words.ts'
import { Skeleton } from '../EmptyState.tsx'
import { Icon } from '../Icon.tsx'
import { ErrorNotice } from '../Note.tsx'
import { Facts } from '../Panel.tsx'

type ExplainedRule = MethodOutput<'automation.explain'>[number]

const outcomes: Record<ExplainedRule['outcome'], { readonly icon: typeof IconCheck; readonly tone: string; readonly word: string }> = {
  fits: { icon: IconCheck, tone: 'ok', word: 'fits' },
  no: { icon: IconX, tone: 'faint', word: 'does not fit' },
  'not-reached': { icon: IconMinus, tone: 'faint', word: 'not looked at' },
}

/** What follows from the state: the last of the worker's answer, from the hold on. */
const consequences: readonly string[] = ['Hold', 'VM', 'Suspension', 'Decision']

/** `suspend: overdue since …` as its two parts; the decision in the screens' words. */
function partsOfDecision(because: string): { decision: string; reason: string } {
  const at = because.indexOf(': ')
  return at < 0 ? { decision: because, reason: '' } : { decision: decisionName(because.slice(0, at)), reason: because.slice(at + 2) }
}

export function ExplainRules({ serviceId }: { readonly serviceId: number }) {
  const read = useRead('automation.explain', { serviceId })
  if (read.data === undefined) return read.error === null ? <Skeleton lines={8} /> : <ErrorNotice error={read.error} />
  const rules = read.data.filter(({ rule }) => !consequences.includes(rule))
  const rest = read.data.filter(({ rule }) => consequences.includes(rule))
  return (
    <>
      <ol className="rules" aria-label="Rules in their order">
        {rules.map(({ rule, outcome, because }) => {
          const { icon, tone, word } = outcomes[outcome]
          return (
            <li key={rule} className={outcome}>
              <Icon of={icon} className={tone} />
              <span>
                <span className={outcome === 'fits' ? 'strong' : ''}>{rule}</span>
                <span className="hidden-words"> {word}</span>
                <span className={outcome === 'fits' ? '' : 'muted'}> · {because}</span>
              </span>
            </li>
          )
        })}
      </ol>
      <Facts
        rows={rest.map(({ rule, because }) => [rule, rule === 'Decision' ? <Decided key={rule} because={because} /> : because] as const)}
      />
    </>
  )
}

function Decided({ because }: { readonly because: string }) {
  const { decision, reason } = partsOfDecision(because)
  return (
    <>
      <span className="strong">{decision}</span>
      {reason !== '' && <div>{reason}</div>}
    </>
  )
}
