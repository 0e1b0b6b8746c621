// A VM's note, tags and protection: kept here only, for Flint has none of them.
import { Switch, TextInput, Textarea } from '@mantine/core'
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { useAct } from '../../lib/queries.ts'

function tagsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((tag) => tag !== '')
}

export function Marks({ vm }: { readonly vm: VmRow }) {
  const mark = useAct('vms.mark')
  const [tags, setTags] = useState(vm.tags.join(' '))
  const [note, setNote] = useState(vm.note)
  const { nodeId, uuid } = vm
  const changed = tagsOf(tags).join(' ') !== vm.tags.join(' ') || note.trim() !== vm.note
  return (
    <form
      className="panel-body stack"
      onSubmit={(event) => {
        event.preventDefault()
        mark.mutate({ nodeId, uuid, note, tags: tagsOf(tags) })
      }}
    >
      <Switch
        label="Protected from being deleted or reinstalled"
        checked={vm.isProtected}
        disabled={mark.isPending}
        onChange={(event) => {
          mark.mutate({ nodeId, uuid, isProtected: event.currentTarget.checked })
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
        minRows={1}
        maxRows={8}
        maxLength={10_000}
        value={note}
        onChange={(event) => {
          setNote(event.currentTarget.value)
        }}
      />
      <ErrorNotice error={mark.error} />
      {changed && (
        <div>
          <Button type="submit" kind="primary" busy={mark.isPending}>
            Keep
          </Button>
        </div>
      )}
    </form>
  )
}
