// Every policy key of the installation, edited together and saved as a whole; what the worker refuses is shown in its words.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { defaultPolicy, formatPolicyValue } from '../../../shared/domain/policy.ts'
import { Button } from '../../components/Button.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { spelledOut } from '../../lib/words.ts'
import { OnOff } from './OnOff.tsx'
import { PolicyEffectNote, usePolicyPreview } from './PolicyEffectNote.tsx'
import { keyMeanings, shownKeys, typedValue } from './policyMeanings.ts'

export function PolicyKeys({ policy }: { readonly policy: MethodOutput<'policy.show'> }) {
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>({})
  const set = useAct('policy.set')
  const stored = (key: string): string => typedValue(key, policy.values[key])
  const changes = Object.entries(edited).filter(([key, value]) => value.trim() !== stored(key))
  const values = Object.fromEntries(changes.map(([key, value]) => [key, value.trim()]))
  const preview = usePolicyPreview(changes.length === 0 ? null : { values })
  const edit = (key: string, value: string): void => {
    set.reset()
    setEdited({ ...edited, [key]: value })
  }
  const save = (): void => {
    set.mutate(
      { values },
      {
        onSuccess: () => {
          tellDone('Policy saved', `${count(changes.length, 'value')} changed.`)
          setEdited({})
        },
      },
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (changes.length > 0 && preview.refusal === null) save()
      }}
    >
      <Panel
        title="For every service"
        note={`version ${String(policy.version)}`}
        actions={changes.length === 0 && <span className="muted small">saved</span>}
      >
        <table className="plain policy-keys">
          <tbody>
            {shownKeys.map((key) => {
              const value = edited[key] ?? stored(key)
              return (
                <tr key={key}>
                  <th scope="row">
                    {spelledOut(key)}
                    <span className="mono faint">{key}</span>
                  </th>
                  <td className="wrap muted">{keyMeanings[key].meaning}</td>
                  <td className="value">
                    {typeof defaultPolicy[key] === 'boolean' ? (
                      <OnOff
                        label={spelledOut(key)}
                        value={value}
                        onChange={(next) => {
                          edit(key, next)
                        }}
                      />
                    ) : (
                      <TextInput
                        aria-label={spelledOut(key)}
                        title={keyMeanings[key].values}
                        value={value}
                        spellCheck={false}
                        onChange={(event) => {
                          edit(key, event.currentTarget.value)
                        }}
                      />
                    )}
                  </td>
                  <td className="muted small">
                    {keyMeanings[key].values}
                    <br />
                    <span className="faint">default {formatPolicyValue(defaultPolicy[key])}</span>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
        {changes.length > 0 && (
          <div className="policy-foot">
            <PolicyEffectNote preview={preview} knownWarnings={policy.warnings} />
            <ErrorNotice error={set.error} />
            <div className="dialog-actions">
              <Button
                onClick={() => {
                  set.reset()
                  setEdited({})
                }}
              >
                Discard
              </Button>
              <Button kind="primary" type="submit" busy={set.isPending} disabled={preview.refusal !== null}>
                Save {count(changes.length, 'change')}
              </Button>
            </div>
          </div>
        )}
      </Panel>
    </form>
  )
}
