// What the operator can do with an intent: approve, hold, cancel, retry, mark as resolved; and see why it is there.
import { useCallback } from 'react'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { intentVerb } from '../../lib/words.ts'
import { Button } from '../Button.tsx'
import { HoldForm } from './HoldForm.tsx'
import type { IntentRow } from './states.tsx'
import { WhyIntent } from './WhyIntent.tsx'

export function useWhy(): (intent: IntentRow) => void {
  const dialogs = useDialogs()
  return useCallback(
    (intent) => {
      dialogs.open(`Why: ${intentVerb(intent.kind, intent.state).toLowerCase()} ${intent.name.slice(0, 60)}`, () => <WhyIntent intent={intent} />, 620)
    },
    [dialogs],
  )
}

/** Approve, why, hold: for one that waits. */
export function WaitingActions({ intent }: { readonly intent: IntentRow }) {
  const dialogs = useDialogs()
  const why = useWhy()
  const approve = useAct('intents.approve')
  const cancel = useAct('intents.cancel')
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  return (
    <span className="row">
      {intent.waitsForApproval && (
        <Button
          kind="primary"
          busy={approve.isPending}
          aria-label={`Approve: ${title}`}
          onClick={() => {
            approve.mutate(
              { id: intent.id },
              {
                onSuccess: () => {
                  tellDone(`Approved: ${title}`, 'Its facts are read again right before anything is sent.')
                },
                onError: (error) => {
                  tellFailure(title, error)
                },
              },
            )
          }}
        >
          Approve
        </Button>
      )}
      <Button
        aria-label={`Why: ${title}`}
        onClick={() => {
          why(intent)
        }}
      >
        Why
      </Button>
      {intent.kind === 'suspend' && (
        <Button
          aria-label={`Hold: ${title}`}
          onClick={() => {
            dialogs.open(`Hold ${intent.name.slice(0, 60)}`, (close) => <HoldForm serviceId={intent.serviceId} of={intent.customerName ?? intent.name} close={close} />)
          }}
        >
          Hold
        </Button>
      )}
      <Button
        kind="quiet"
        busy={cancel.isPending}
        aria-label={`Cancel: ${title}`}
        onClick={() => {
          cancel.mutate(
            { id: intent.id },
            {
              onError: (error) => {
                tellFailure(title, error)
              },
            },
          )
        }}
      >
        Cancel
      </Button>
    </span>
  )
}

/** Retry, mark as resolved: for one that failed. */
export function FailedActions({ intent }: { readonly intent: IntentRow }) {
  const why = useWhy()
  const retry = useAct('intents.retry')
  const resolve = useAct('intents.resolve')
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  const onError = (error: Error): void => {
    tellFailure(title, error)
  }
  return (
    <span className="row">
      <Button
        aria-label={`Why: ${title}`}
        onClick={() => {
          why(intent)
        }}
      >
        Why
      </Button>
      <Button
        busy={retry.isPending}
        aria-label={`Retry: ${title}`}
        onClick={() => {
          retry.mutate({ id: intent.id }, { onError })
        }}
      >
        Retry
      </Button>
      <Button
        busy={resolve.isPending}
        aria-label={`Mark as resolved: ${title}`}
        onClick={() => {
          resolve.mutate({ id: intent.id }, { onError })
        }}
      >
        Mark resolved
      </Button>
    </span>
  )
}
