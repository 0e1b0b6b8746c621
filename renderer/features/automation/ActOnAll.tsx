// Approving, retrying or closing several intents at once: each named with whose it is and why, then a result for each.
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import type { IntentRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useConnection } from '../../lib/queries.ts'
import { intentVerb } from '../../lib/words.ts'

type Outcome = 'waiting' | 'asking' | 'accepted' | { readonly refused: string }

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

function hasEnded(outcome: Outcome | undefined): boolean {
  return outcome === 'accepted' || typeof outcome === 'object'
}

interface ActOnAllProps {
  readonly act: ActOnMany
  readonly intents: readonly IntentRow[]
  readonly close: () => void
}

export function ActOnAll({ act, intents: given, close }: ActOnAllProps) {
  // The list stays as it was when the dialog opened: what is acted on leaves its group, not this list.
  const [intents] = useState(given)
  const connection = useConnection()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome> | null>(null)
  const ended = outcomes !== null && intents.every((intent) => hasEnded(outcomes.get(intent.id)))
  const go = async (): Promise<void> => {
    setOutcomes(new Map())
    const put = (id: string, outcome: Outcome): void => {
      setOutcomes((current) => new Map(current ?? []).set(id, outcome))
    }
    for (const intent of intents) {
      put(intent.id, 'asking')
      try {
        await connection.call(acts[act].method, { id: intent.id })
        put(intent.id, 'accepted')
      } catch (error) {
        put(intent.id, { refused: failureOf(error).message })
      }
    }
  }
  return (
    <div className="stack">
      <p>{acts[act].meaning}</p>
      <ul className="dialog-list tall" tabIndex={0} aria-label={acts[act].label}>
        {intents.map((intent) => {
          const outcome = outcomes?.get(intent.id) ?? 'waiting'
          return (
            <li key={intent.id}>
              {outcomes !== null && <OutcomeIcon outcome={outcome} />}
              <span className="suggestion">
                <span className="row">
                  <span>{intentVerb(intent.kind, intent.state)}</span>
                  <span className="cut strong">
                    <MiddleCut text={intent.name} />
                  </span>
                  <span className="muted">
                    {intent.customerName !== null && (
                      <span className="row">
                        <span>of</span> <MiddleCut text={intent.customerName} />
                      </span>
                    )}
                  </span>
                </span>
                <span className="small muted">
                  {typeof outcome === 'object' ? <span className="bad">{outcome.refused}</span> : (intent.error?.message ?? intent.reason)}
                </span>
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
              {actOnAllTitle(act, intents.length)}
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
  if (outcome === 'accepted') return <Icon of={IconCircleCheck} className="ok" />
  return <Icon of={IconAlertTriangle} className="bad" />
}
