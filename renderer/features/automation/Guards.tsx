// Guards: what holds suspensions now, with reason and figures, and a release that asks who and why.
import { TextInput, Textarea } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Age, Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { DialogForm } from '../../components/DialogForm.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { NodeLink } from '../../components/estate/links.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useOperatorName } from '../../lib/operator.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { guardName, spelledOut } from '../../lib/words.ts'

type GuardRow = MethodOutput<'guards.list'>[number]

export function Guards() {
  const guards = useRead('guards.list', {})
  const dialogs = useDialogs()
  return (
    <>
      <Note tone="off" title="A guard holds suspensions, never a payer.">
        <p className="muted">
          What is paid is given back whatever holds. Only when another Paymenter answers is that held too: who has paid is then unknown.
        </p>
      </Note>
      <ErrorNotice error={guards.error} />
      {guards.data === undefined && guards.error === null && <Skeleton />}
      {guards.data !== undefined && guards.data.length === 0 && (
        <section className="panel">
          <EmptyState icon={IconShieldCheck} title="No guard holds">
            Billing data are fresh and whole, nodes can be trusted, and no more is due than usual.
          </EmptyState>
        </section>
      )}
      {guards.data?.map((guard) => (
        <Panel
          key={`${guard.code}/${guard.nodeId ?? ''}`}
          title={guardName(guard.code)}
          note={<Age at={guard.since} of="since" />}
          actions={
            guard.releasable ? (
              <Button
                onClick={() => {
                  dialogs.open(`Release: ${guardName(guard.code)}`, (close) => <Release guard={guard} close={close} />)
                }}
              >
                Release
              </Button>
            ) : (
              <span className="muted small">clears itself when its cause is gone</span>
            )
          }
        >
          <p className="panel-body">{guard.reason}</p>
          <Facts
            rows={[
              [
                'Code',
                <span key="code" className="mono">
                  {guard.code}
                </span>,
              ],
              ...(guard.node === null || guard.nodeId === null
                ? []
                : [['Node', <NodeLink key="node" nodeId={guard.nodeId} name={guard.node} />] as const]),
              ['Since', <Instant key="since" at={guard.since} />],
              ...Object.entries(guard.figures).map(
                ([name, value]) => [spelledOut(name), typeof value === 'number' ? value.toLocaleString() : value] as const,
              ),
            ]}
          />
        </Panel>
      ))}
    </>
  )
}

function Release({ guard, close }: { readonly guard: GuardRow; readonly close: () => void }) {
  const [by, setBy] = useOperatorName()
  const [why, setWhy] = useState('')
  const release = useAct('guards.release')
  return (
    <DialogForm
      verb="Release"
      busy={release.isPending}
      disabled={by.trim() === '' || why.trim() === ''}
      error={release.error}
      onSubmit={() => {
        release.mutate(
          { code: guard.code, by: by.trim(), why: why.trim() },
          {
            onSuccess: () => {
              tellDone('Guard released', 'For the batch that it was shown with, an hour at most.')
              close()
            },
          },
        )
      }}
      close={close}
    >
      <Note tone="warn" title={guard.reason}>
        <p className="muted">A release holds for this batch only, an hour at most. It is kept in the record.</p>
      </Note>
      <TextInput
        label="Who"
        required
        maxLength={80}
        value={by}
        onChange={(event) => {
          setBy(event.currentTarget.value)
        }}
      />
      <Textarea
        label="Why"
        required
        autosize
        minRows={2}
        maxLength={500}
        value={why}
        data-autofocus
        onChange={(event) => {
          setWhy(event.currentTarget.value)
        }}
      />
    </DialogForm>
  )
}
