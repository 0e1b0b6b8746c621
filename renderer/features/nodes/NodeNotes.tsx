// What the operator keeps about a node: name, location, tags, a note, and what it costs; Flint has none of them.
import { TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { NodeCost } from '../../components/estate/NodeCost.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'

function tagsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((tag) => tag !== '')
}

export function NodeNotes({ node }: { readonly node: NodeRow }) {
  const mark = useAct('nodes.mark')
  const settings = useRead('reports.settings', {}).data
  const [name, setName] = useState(node.name)
  const [location, setLocation] = useState(node.location)
  const [tags, setTags] = useState(node.tags.join(' '))
  const [note, setNote] = useState(node.note)
  const cost = settings?.nodeCosts.find((one) => one.nodeId === node.id)?.cost ?? null
  const isChanged =
    name.trim() !== node.name || location.trim() !== node.location || tagsOf(tags).join(' ') !== node.tags.join(' ') || note.trim() !== node.note
  return (
    <Panel title="Kept here" note="Flint knows none of it">
      <form
        className="panel-body stack"
        onSubmit={(event) => {
          event.preventDefault()
          mark.mutate(
            { nodeId: node.id, name: name.trim(), location, tags: tagsOf(tags), note },
            {
              onSuccess: (row) => {
                setTags(row.tags.join(' '))
                tellDone(row.name, 'Kept.')
              },
            },
          )
        }}
      >
        <TextInput
          label="Name"
          required
          maxLength={40}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
        <TextInput
          label="Location"
          placeholder="data centre, rack"
          maxLength={200}
          value={location}
          onChange={(event) => {
            setLocation(event.currentTarget.value)
          }}
        />
        <TextInput
          label="Tags"
          placeholder="words, with blanks between them"
          value={tags}
          onChange={(event) => {
            setTags(event.currentTarget.value)
          }}
        />
        <Textarea
          label="Note"
          autosize
          minRows={2}
          maxRows={10}
          maxLength={10_000}
          value={note}
          onChange={(event) => {
            setNote(event.currentTarget.value)
          }}
        />
        {settings !== undefined && (
          <NodeCost
            key={String(cost?.amountMinor)}
            nodeId={node.id}
            name={node.name}
            label="What it costs in a month"
            cost={cost}
            currency={settings.rates.base}
          />
        )}
        <ErrorNotice error={mark.error} />
        <div>
          <Button type="submit" kind="primary" busy={mark.isPending} disabled={!isChanged || name.trim() === ''}>
            Keep
          </Button>
        </div>
      </form>
    </Panel>
  )
}
