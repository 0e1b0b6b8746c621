// Reinstallations that were interrupted: how far they came, and the way on.
import { Button } from '../../components/Button.tsx'
import { ConfirmByName } from '../../components/ConfirmByName.tsx'
import { Note } from '../../components/Note.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { useJob } from '../../lib/useJob.ts'
import { useMadeVm } from './madeVm.tsx'

const steps = {
  deleting: 'the old one was to be deleted',
  creating: 'the old one is gone, the new one not made yet',
  moving: 'the new one is made',
  done: 'done',
  'given-up': 'given up',
}

export function OpenReinstalls() {
  const rows = useRead('vms.reinstalls', {}).data ?? []
  const resume = useJob('vms.continueReinstall')
  const dialogs = useDialogs()
  const tell = useMadeVm()
  const stopped = rows.filter((row) => !row.running)
  if (stopped.length === 0) return null
  return (
    <>
      {stopped.map((row) => (
        <Note
          key={row.id}
          tone="warn"
          title={`The reinstallation of ${row.nodeName}/${row.vmName} was interrupted: ${steps[row.step]}.`}
          action={
            <span className="row">
              <Button
                kind="primary"
                busy={resume.busy}
                onClick={() => {
                  resume.run({ id: row.id }, (job) => {
                    tell(job, 'reinstalled')
                  })
                }}
              >
                Go on
              </Button>
              <Button
                onClick={() => {
                  dialogs.open('Give the reinstallation up', (close) => <GiveUp id={row.id} name={row.vmName} close={close} />)
                }}
              >
                Give up
              </Button>
            </span>
          }
        >
          {row.error !== null && <p>{row.error.message}</p>}
        </Note>
      ))}
    </>
  )
}

function GiveUp({ id, name, close }: { readonly id: string; readonly name: string; readonly close: () => void }) {
  const giveUp = useAct('vms.giveUpReinstall')
  return (
    <ConfirmByName
      name={name}
      verb="Give it up"
      busy={giveUp.isPending}
      error={giveUp.error}
      what={<p>It stays as it is now on its node. What is kept here about the old VM is not moved to a new one.</p>}
      onCancel={close}
      onConfirm={() => {
        giveUp.mutate(
          { id, confirm: name },
          {
            onSuccess: close,
            onError: (error) => {
              tellFailure(name, error)
            },
          },
        )
      }}
    />
  )
}
