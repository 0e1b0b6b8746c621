// The nodes: a card each, with state, age, capacity, findings, and what can be done.
import { IconPlus, IconRefresh, IconServer2 } from '@tabler/icons-react'
import { Age } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { NodeForm } from '../../components/estate/NodeForm.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { NodeCard } from './NodeCard.tsx'

export function Nodes() {
  const nodes = useRead('nodes.list', {})
  const check = useAct('nodes.check')
  const dialogs = useDialogs()
  const rows = nodes.data ?? []
  const seen = rows.flatMap((node) => (node.lastSeenAt === null ? [] : [node.lastSeenAt]))
  const addNode = (): void => {
    dialogs.open('Add a node', (close) => <NodeForm onDone={close} onCancel={close} />, 520)
  }
  return (
    <Page
      title="Nodes"
      age={seen.length > 0 && <Age at={Math.min(...seen)} staleAfterMs={2 * 60_000} />}
      actions={
        <>
          <Button
            icon={<Icon of={IconRefresh} />}
            busy={check.isPending}
            disabled={rows.length === 0}
            onClick={() => {
              check.mutate(
                {},
                {
                  onError: (error) => {
                    tellFailure('The nodes could not be checked', error)
                  },
                },
              )
            }}
          >
            Check all
          </Button>
          <Button kind="primary" icon={<Icon of={IconPlus} />} onClick={addNode}>
            Add node
          </Button>
        </>
      }
    >
      <ErrorNotice error={nodes.error} />
      {nodes.data === undefined && nodes.error === null && <Skeleton />}
      {nodes.data !== undefined && rows.length === 0 && (
        <EmptyState
          icon={IconServer2}
          title="No node is connected"
          action={
            <Button kind="primary" onClick={addNode}>
              Add node
            </Button>
          }
        >
          A node is a machine that runs Flint. You need its address, and its API key or passphrase.
        </EmptyState>
      )}
      <div className="grid cards">
        {rows.map((node) => (
          <NodeCard key={node.id} node={node} />
        ))}
      </div>
    </Page>
  )
}
