// Another address or way for a node: shown, accepted where it must be, proved with the kept key, then kept.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { ToAccept } from '../../components/node/ToAccept.tsx'
import { useInspect } from '../../components/node/useInspect.ts'
import { accessOf, isComplete, type Way, wayOf } from '../../components/node/way.ts'
import { WayFields } from '../../components/node/WayFields.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

export function ChangeAddress({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const [way, setWay] = useState<Way>(() => wayOf(node))
  const [typed, setTyped] = useState('')
  const change = useAct('nodes.changeAddress')
  const isAnotherHost = change.error !== null && failureOf(change.error).code === 'node.host-changed'
  const put = (of: Way): void => {
    const access = accessOf(of)
    change.mutate(
      { nodeId: node.id, url: of.url, ...(access === undefined ? {} : { access }), ...(typed === '' ? {} : { confirm: typed }) },
      {
        onSuccess: (row) => {
          tellDone(row.name, 'The node answers there, and its key is in force.')
          close()
        },
      },
    )
  }
  const inspecting = useInspect(put, node.id)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        inspecting.look(way)
      }}
    >
      <p className="muted">The node is looked at there first, with the key that is kept. Nothing changes before it has answered as itself.</p>
      <WayFields
        way={way}
        keepsPassphrase={node.access.tunnel?.auth === 'key-file'}
        onChange={(next) => {
          setWay(next)
          setTyped('')
          inspecting.reset()
          change.reset()
        }}
      />
      {inspecting.shown !== null && (
        <ToAccept
          shown={inspecting.shown}
          busy={inspecting.busy}
          onAccept={() => {
            setWay(inspecting.accept(way))
          }}
        />
      )}
      <ErrorNotice error={inspecting.error ?? change.error} />
      {(isAnotherHost || typed !== '') && (
        <TextInput
          label={
            <>
              If that machine is to take its place, type <bdi className="mono">{node.name}</bdi>
            </>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
          }}
        />
      )}
      <div className="dialog-actions">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="primary"
          type="submit"
          busy={inspecting.busy || change.isPending}
          disabled={!isComplete(way) || inspecting.shown !== null || (isAnotherHost && typed !== node.name)}
        >
          Prove and change
        </Button>
      </div>
    </form>
  )
}
