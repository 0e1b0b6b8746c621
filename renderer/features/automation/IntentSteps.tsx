// How far an intent is, drawn: a bar for each part of its kind, and the step in words.
import type { IntentRow } from '../../components/estate/states.tsx'
import { partsBehind, partsOf } from '../../lib/intentSteps.ts'
import { stepWords } from '../../lib/words.ts'
import { hasItsTurn } from './queueGroups.ts'

export function IntentSteps({ intent }: { readonly intent: IntentRow }) {
  const parts = partsOf(intent.kind)
  const behind = partsBehind(intent.kind, intent.step)
  const isAtWork = hasItsTurn(intent)
  const now = intent.state === 'failed' ? 'broken' : 'now'
  return (
    <span className="steps" title={parts.map((part, index) => `${index < behind ? '✓' : '·'} ${part}`).join('\n')}>
      {parts.map((part, index) => (
        <i key={part} className={index < behind ? 'past' : index === behind && isAtWork ? now : ''} />
      ))}
      <span className="hidden-words">
        {behind} of {parts.length} parts behind:
      </span>
      <span className="muted">
        {isAtWork ? stepWords(intent.step) : 'waits for its turn'}
        {intent.attempts > 1 && `, try ${String(intent.attempts)}`}
      </span>
    </span>
  )
}
