// Approving several at once: each named with whose it is and why, then a result for each.
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import type { IntentRow } from '../../components/estate/states.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useConnection } from '../../lib/queries.ts'
import { intentVerb } from '../../lib/words.ts'

type Outcome = 'waiting' | 'asking' | 'approved' | { readonly refused: string }

function hasEnded(outcome: Outcome | undefined): boolean {
  return outcome === 'approved' || typeof outcome === 'object'
}

export function ApproveAll({ intents: given, close }: { readonly intents: readonly IntentRow[]; readonly close: () => void }) {
  // The list stays as it was when the dialog opened: what is approved leaves the queue, not this list.
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
        await connection.call('intents.approve', { id: intent.id })
        put(intent.id, 'approved')
      } catch (error) {
        put(intent.id, { refused: failureOf(error).message })
      }
    }
  }
  return (
    <div className="stack">
      <p>Each is decided anew from fresh facts right before anything is sent: who has paid meanwhile is left alone.</p>
      <ul className="dialog-list tall" tabIndex={0} aria-label="What is approved">
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
                  {typeof outcome === 'object' ? <span className="bad">{outcome.refused}</span> : intent.reason}
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
              Approve {intents.length}
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
  if (outcome === 'approved') return <Icon of={IconCircleCheck} className="ok" />
  return <Icon of={IconAlertTriangle} className="bad" />
}
