// A password that was just made: fetched once, shown until the dialog closes, kept nowhere.
import { IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

export function PasswordOnce({ id, vmName, close }: { readonly id: string; readonly vmName: string; readonly close: () => void }) {
  const take = useAct('vms.takePassword')
  const [shown, setShown] = useState<{ readonly username: string; readonly password: string } | null>(null)
  return (
    <div className="stack">
      {shown === null ? (
        <Note tone="warn" title={`The first password of ${vmName} can be shown once.`}>
          <p>It is in memory only, for an hour or until this program ends.</p>
        </Note>
      ) : (
        <Facts
          rows={[
            [
              'User',
              <span key="user" className="mono">
                {shown.username}
              </span>,
            ],
            [
              'Password',
              <span key="password" className="mono strong">
                {shown.password}
              </span>,
            ],
          ]}
        />
      )}
      {take.data?.password === null && <Note tone="bad" title="It was shown before, or this program was restarted since." />}
      <ErrorNotice error={take.error} />
      <div className="dialog-actions">
        <Button onClick={close}>Close</Button>
        {shown === null ? (
          <Button
            kind="primary"
            busy={take.isPending}
            disabled={take.data?.password === null}
            onClick={() => {
              take.mutate(
                { id },
                {
                  onSuccess: ({ username, password }) => {
                    if (username !== null && password !== null) setShown({ username, password })
                  },
                },
              )
            }}
          >
            Show it now
          </Button>
        ) : (
          <Button
            kind="primary"
            icon={<Icon of={IconCopy} />}
            onClick={() => {
              void copy(shown.password)
            }}
          >
            Copy
          </Button>
        )}
      </div>
    </div>
  )
}

async function copy(password: string): Promise<void> {
  await navigator.clipboard.writeText(password)
  tellDone('Copied', 'The password is in the clipboard.')
}
