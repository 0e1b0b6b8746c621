// The mode switch: what each mode does, and a question before automation is let loose.
import { IconCheck } from '@tabler/icons-react'
import { policyModes } from '../../../shared/domain/policy.ts'
import type { PolicyMode } from '../../../shared/domain/policy.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'

const meanings: Record<PolicyMode, string> = {
  observe: 'Plans are shown, nothing is sent.',
  approve: 'A suspension waits for your click. What is paid is given back at once, whatever the hour.',
  auto: 'Suspensions are sent by themselves, within the guards. What is paid is given back at once.',
}

export function Mode({ mode }: { readonly mode: string }) {
  const set = useAct('policy.set')
  const dialogs = useDialogs()
  const change = (to: PolicyMode): void => {
    set.mutate(
      { values: { mode: to } },
      {
        onSuccess: () => {
          tellDone(`Mode: ${to}`, meanings[to])
        },
        onError: (error) => {
          tellFailure('The mode could not be changed', error)
        },
      },
    )
  }
  const choose = (to: PolicyMode): void => {
    if (to === 'auto') dialogs.open('Let automation suspend by itself', (close) => <ConfirmAuto close={close} onConfirm={change} />)
    else change(to)
  }
  return (
    <Panel title="Mode" note="whatever the mode, what this console suspended is given back when it is paid">
      <div className="modes" role="radiogroup" aria-label="Mode">
        {policyModes.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={mode === one}
            className="mode"
            disabled={set.isPending}
            onClick={() => {
              if (mode !== one) choose(one)
            }}
          >
            <span className="row strong">
              {mode === one && <Icon of={IconCheck} />}
              {one}
            </span>
            <span className="muted">{meanings[one]}</span>
          </button>
        ))}
      </div>
    </Panel>
  )
}

function ConfirmAuto({ close, onConfirm }: { readonly close: () => void; readonly onConfirm: (mode: PolicyMode) => void }) {
  const plan = useRead('automation.plan', {})
  const due = plan.data?.filter((row) => row.decision === 'suspend') ?? []
  return (
    <div className="stack">
      <p>
        From then on suspensions are sent without asking, as far as no guard holds them. Those that waited only for the mode are decided
        anew in the next pass.
        {plan.data !== undefined && (
          <>
            {' '}
            Today that would be <span className="strong">{count(due.length, 'suspension')}</span>
            {due.length > 0 &&
              `: ${due
                .slice(0, 5)
                .map((row) => row.name.slice(0, 60))
                .join(', ')}${due.length > 5 ? ` and ${String(due.length - 5)} more` : ''}`}
            .
          </>
        )}
      </p>
      <ErrorNotice error={plan.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="primary"
          onClick={() => {
            close()
            onConfirm('auto')
          }}
        >
          Set the mode to auto
        </Button>
      </div>
    </div>
  )
}
