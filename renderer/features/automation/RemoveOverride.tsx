// Takes an override away, after saying what that would do today.
import { Button } from '../../components/Button.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { useAct } from '../../lib/queries.ts'
import { PolicyEffectNote, usePolicyPreview } from './PolicyEffectNote.tsx'
import type { PolicyChange } from './PolicyEffectNote.tsx'

interface RemoveOverrideProps {
  readonly change: PolicyChange
  /** Which one, in words. */
  readonly what: string
  readonly close: () => void
}

export function RemoveOverride({ change, what, close }: RemoveOverrideProps) {
  const set = useAct('policy.set')
  const preview = usePolicyPreview(change)
  return (
    <div className="stack">
      <p className="wrap">{what} The value for every service holds again.</p>
      <PolicyEffectNote preview={preview} />
      <ErrorNotice error={set.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="primary"
          busy={set.isPending}
          disabled={preview.refusal !== null}
          onClick={() => {
            set.mutate(change, { onSuccess: close })
          }}
        >
          Take it away
        </Button>
      </div>
    </div>
  )
}
