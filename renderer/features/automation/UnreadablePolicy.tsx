// A stored policy that cannot be used, should somebody have edited it by hand: what is wrong with it, and the way back.
import { Button } from '../../components/Button.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

export function UnreadablePolicy({ error }: { readonly error: unknown }) {
  const set = useAct('policy.set')
  const mend = (): void => {
    set.mutate(
      { values: { mode: 'observe' } },
      {
        onSuccess: ({ warnings }) => {
          tellDone('Policy mended', warnings.join(' '))
        },
      },
    )
  }
  return (
    <div className="stack policy">
      <ErrorNotice error={error} />
      <Panel title="The way back">
        <div className="panel-body stack">
          <p>
            Every value that can be used is kept, what is wrong is left out, and the mode is observe: nothing is sent until you have looked
            through the policy and chosen another mode. Whoever has paid is given back all the while.
          </p>
          <ErrorNotice error={set.error} />
          <div>
            <Button kind="primary" busy={set.isPending} onClick={mend}>
              Mend the policy
            </Button>
          </div>
        </div>
      </Panel>
    </div>
  )
}
