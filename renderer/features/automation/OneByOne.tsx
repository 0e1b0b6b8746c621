// One act on several things, one after the other: each named first, then a result for each.
import { IconAlertTriangle, IconCircleCheck, IconClock, IconLoader2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { failureOf } from '../../lib/failure.ts'

type Outcome = 'waiting' | 'asking' | 'done' | { readonly refused: string }

interface OneByOneProps<T> {
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string
  /** What is done to them, above the list. */
  readonly meaning: ReactNode
  /** The list's name, for those who do not see it. */
  readonly label: string
  /** On the button that begins. */
  readonly verb: string
  readonly renderItem: (item: T) => ReactNode
  /** Below an item while it was not refused. */
  readonly noteOf?: (item: T) => string
  /** Refused by throwing. */
  readonly act: (item: T) => Promise<unknown>
  readonly close: () => void
}

export function OneByOne<T>({ items: given, keyOf, meaning, label, verb, renderItem, noteOf, act, close }: OneByOneProps<T>) {
  // The list stays as it was when the dialog opened: what is done leaves its group, not this list.
  const [items] = useState(given)
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome> | null>(null)
  const ended = outcomes !== null && items.every((item) => hasEnded(outcomes.get(keyOf(item))))
  const go = async (): Promise<void> => {
    setOutcomes(new Map())
    const put = (item: T, outcome: Outcome): void => {
      setOutcomes((current) => new Map(current ?? []).set(keyOf(item), outcome))
    }
    for (const item of items) {
      put(item, 'asking')
      try {
        await act(item)
        put(item, 'done')
      } catch (error) {
        put(item, { refused: failureOf(error).message })
      }
    }
  }
  return (
    <div className="stack">
      <p>{meaning}</p>
      <ul className="dialog-list tall" tabIndex={0} aria-label={label}>
        {items.map((item) => {
          const outcome = outcomes?.get(keyOf(item)) ?? 'waiting'
          return (
            <li key={keyOf(item)}>
              {outcomes !== null && <OutcomeIcon outcome={outcome} />}
              <span className="suggestion">
                <span className="row">{renderItem(item)}</span>
                <span className="small muted">{typeof outcome === 'object' ? <span className="bad">{outcome.refused}</span> : noteOf?.(item)}</span>
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
              {verb}
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

function hasEnded(outcome: Outcome | undefined): boolean {
  return outcome === 'done' || typeof outcome === 'object'
}

function OutcomeIcon({ outcome }: { readonly outcome: Outcome }) {
  if (outcome === 'waiting') return <Icon of={IconClock} className="faint" />
  if (outcome === 'asking') return <Icon of={IconLoader2} className="spin" />
  if (outcome === 'done') return <Icon of={IconCircleCheck} className="ok" />
  return <Icon of={IconAlertTriangle} className="bad" />
}
