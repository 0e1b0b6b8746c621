// What notices say: a text for each kind, edited with its variables in view and previewed by the worker before it is saved.
import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../../shared/contract/index.ts'
import { Button } from '../../../components/Button.tsx'
import { ErrorNotice } from '../../../components/Note.tsx'
import { useDialogs } from '../../../lib/dialogs.tsx'
import { useAct, useRead } from '../../../lib/queries.ts'
import { tellDone } from '../../../lib/tell.tsx'
import { kindNames } from './words.ts'

type Template = MethodOutput<'notices.templates'>[number]

export function NoticeTemplates() {
  const templates = useRead('notices.templates', {})
  const dialogs = useDialogs()
  return (
    <>
      <ErrorNotice error={templates.error} />
      <table className="plain">
        <thead>
          <tr>
            <th>Text</th>
            <th>Subject</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {templates.data?.map((template) => (
            <tr key={template.kind}>
              <th scope="row">{kindNames[template.kind]}</th>
              <td className="wrap">
                {template.subject} {template.isDefault && <span className="muted small">built in</span>}
              </td>
              <td className="value">
                <Button
                  aria-label={`Edit the text: ${kindNames[template.kind]}`}
                  onClick={() => {
                    dialogs.open(kindNames[template.kind], (close) => <TemplateForm template={template} close={close} />, 680)
                  }}
                >
                  Edit
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function TemplateForm({ template, close }: { readonly template: Template; readonly close: () => void }) {
  const [subject, setSubject] = useState(template.subject)
  const [body, setBody] = useState(template.body)
  const preview = useAct('notices.preview')
  const save = useAct('notices.setTemplate')
  const store = (next: { subject: string; body: string } | null): void => {
    save.mutate(
      { kind: template.kind, template: next },
      {
        onSuccess: () => {
          tellDone(next === null ? 'The built-in text is in force again' : 'The text is saved', kindNames[template.kind])
          close()
        },
      },
    )
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        store({ subject, body })
      }}
    >
      <TextInput
        label="Subject"
        required
        value={subject}
        onChange={(event) => {
          setSubject(event.currentTarget.value)
        }}
      />
      <Textarea
        label="Text"
        required
        autosize
        minRows={8}
        maxRows={16}
        value={body}
        onChange={(event) => {
          setBody(event.currentTarget.value)
        }}
      />
      <p className="muted small">
        {template.variables.map(({ name, meaning }) => (
          <span key={name} title={meaning}>
            <span className="mono">{`{{${name}}}`}</span>{' '}
          </span>
        ))}
      </p>
      {preview.data !== undefined && (
        <section className="panel" aria-label="Preview">
          <div className="panel-body">
            <p className="strong">{preview.data.subject}</p>
            <pre className="wrap">{preview.data.body}</pre>
          </div>
        </section>
      )}
      <ErrorNotice error={preview.error} />
      <ErrorNotice error={save.error} />
      <div className="dialog-actions">
        {!template.isDefault && (
          <Button
            onClick={() => {
              store(null)
            }}
          >
            Built-in text
          </Button>
        )}
        <Button
          busy={preview.isPending}
          onClick={() => {
            preview.mutate({ kind: template.kind, template: { subject, body } })
          }}
        >
          Preview
        </Button>
        <Button kind="primary" type="submit" busy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  )
}
