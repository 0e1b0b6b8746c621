// Approving, retrying or closing several intents at once: each named with whose it is and why, then a result for each.
import type { IntentRow } from '../../components/estate/states.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { useConnection } from '../../lib/queries.ts'
import { intentVerb } from '../../lib/words.ts'
import { OneByOne } from './OneByOne.tsx'

/** What can be done to several at once, and its words. */
const acts = {
  approve: {
    method: 'intents.approve',
    verb: 'Approve',
    label: 'What is approved',
    meaning: 'Each is decided anew from fresh facts right before anything is sent: who has paid meanwhile is left alone.',
  },
  retry: {
    method: 'intents.retry',
    verb: 'Retry',
    label: 'What is tried again',
    meaning: 'Each begins again with fresh facts: what has been done already is seen and not done twice.',
  },
  resolve: {
    method: 'intents.resolve',
    verb: 'Mark resolved',
    label: 'What is marked as resolved',
    meaning: 'You have dealt with each yourself: nothing more is sent for it. It stays in the record.',
  },
} as const

export type ActOnMany = keyof typeof acts

/** `Approve 4`. */
export function actOnAllTitle(act: ActOnMany, amount: number): string {
  return act === 'resolve' ? `Mark ${String(amount)} as resolved` : `${acts[act].verb} ${String(amount)}`
}

interface ActOnAllProps {
  readonly act: ActOnMany
  readonly intents: readonly IntentRow[]
  readonly close: () => void
}

export function ActOnAll({ act, intents, close }: ActOnAllProps) {
  const connection = useConnection()
  return (
    <OneByOne
      items={intents}
      keyOf={(intent) => intent.id}
      meaning={acts[act].meaning}
      label={acts[act].label}
      verb={actOnAllTitle(act, intents.length)}
      renderItem={(intent) => (
        <>
          <span>{intentVerb(intent.kind, intent.state)}</span>
          <span className="cut strong">
            <MiddleCut text={intent.name} />
          </span>
          {intent.customerName !== null && (
            <span className="muted row">
              <span>of</span> <MiddleCut text={intent.customerName} />
            </span>
          )}
        </>
      )}
      noteOf={(intent) => intent.error?.message ?? intent.reason}
      act={(intent) => connection.call(acts[act].method, { id: intent.id })}
      close={close}
    />
  )
}
