// What the operator can do with an intent: approve, hold, cancel, retry, mark as resolved; and see why it is there.
import { useCallback } from 'react'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { intentVerb } from '../../lib/words.ts'
import { Button } from '../Button.tsx'
import { ConfirmByName } from '../ConfirmByName.tsx'
import { HoldForm } from './HoldForm.tsx'
import type { IntentRow } from './states.tsx'
import { WhyIntent } from './WhyIntent.tsx'

export function useWhy(): (intent: IntentRow) => void {
  const dialogs = useDialogs()
  return useCallback(
    (intent) => {
      dialogs.open(
        `Why: ${intentVerb(intent.kind, intent.state).toLowerCase()} ${intent.name.slice(0, 60)}`,
        () => <WhyIntent intent={intent} />,
        620,
      )
    },
    [dialogs],
  )
}

/** What a final intent does, in the words of its confirmation. */
const finalWords = {
  terminate:
    'Its record goes into the vault and a final snapshot is made. The VM stays defined and off, and can be restored with one click until its retention ends.',
  purge: 'Its snapshots, the VM and its disks are deleted on the node. Nothing brings it back.',
}

function ConfirmFinal({
  intent,
  kind,
  close,
}: {
  readonly intent: IntentRow
  readonly kind: keyof typeof finalWords
  readonly close: () => void
}) {
  const approve = useAct('intents.approve')
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  return (
    <ConfirmByName
      name={intent.name}
      verb={intentVerb(kind, intent.state)}
      busy={approve.isPending}
      error={approve.error}
      what={
        <>
          <span className="strong">{intent.name}</span> on {intent.node}, of {intent.customerName ?? 'a customer without a name'}.{' '}
          {finalWords[kind]}
        </>
      }
      onCancel={close}
      onConfirm={() => {
        approve.mutate(
          { id: intent.id, confirm: intent.name },
          {
            onSuccess: () => {
              tellDone(`Approved: ${title}`, 'Its facts are read again right before anything is sent.')
              close()
            },
          },
        )
      }}
    />
  )
}

/** @param meaning what cancelling does, where that is not plain */
export function CancelIntent({ intent, meaning }: { readonly intent: IntentRow; readonly meaning?: string }) {
  const cancel = useAct('intents.cancel')
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  return (
    <Button
      kind="quiet"
      busy={cancel.isPending}
      aria-label={`Cancel: ${title}`}
      title={meaning}
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
  )
}

/** Approve, why, hold: for one that waits. */
export function WaitingActions({ intent }: { readonly intent: IntentRow }) {
  const dialogs = useDialogs()
  const why = useWhy()
  const approve = useAct('intents.approve')
  const { kind } = intent
  const title = `${intentVerb(intent.kind, intent.state)} ${intent.name}`
  return (
    <span className="row end">
      {intent.waitsForApproval && (
        <Button
          kind="primary"
          busy={approve.isPending}
          aria-label={`Approve: ${title}`}
          onClick={() => {
            if (kind === 'terminate' || kind === 'purge') {
              dialogs.open(title, (close) => <ConfirmFinal intent={intent} kind={kind} close={close} />)
              return
            }
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
      {intent.kind !== 'unsuspend' && (
        <Button
          aria-label={`Hold: ${title}`}
          onClick={() => {
            dialogs.open(`Hold ${intent.name.slice(0, 60)}`, (close) => (
              <HoldForm serviceId={intent.serviceId} of={intent.customerName ?? intent.name} close={close} />
            ))
          }}
        >
          Hold
        </Button>
      )}
      <CancelIntent intent={intent} />
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
    <span className="row end">
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
