// Before a policy is saved: what the change would do today, by name, or why the worker refuses it.
import { Link } from '@tanstack/react-router'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { useRead } from '../../lib/queries.ts'
import { useSettled } from '../../lib/settled.ts'
import { policyEffect } from './policyEffect.ts'
import type { NamedService, PolicyPreview } from './policyEffect.ts'

export type PolicyChange = MethodInput<'policy.preview'>

const shownNames = 6
const settleMs = 250

export interface PreviewOfChange {
  readonly data: PolicyPreview | undefined
  /** Why the worker refuses the change as it stands; null while it is not known or where it takes it. */
  readonly refusal: Error | null
}

/** Asks the worker what a change would do, as soon as typing pauses; null: there is no change. */
export function usePolicyPreview(change: PolicyChange | null): PreviewOfChange {
  const typed = JSON.stringify(change)
  const settled = useSettled(typed, settleMs)
  const asked = (JSON.parse(settled) as PolicyChange | null) ?? { values: {} }
  const read = useRead('policy.preview', asked, { enabled: change !== null && settled !== 'null', keepPrevious: true })
  if (change === null || settled === 'null') return { data: undefined, refusal: null }
  // A refusal is of what was asked: what has been typed since is asked next.
  return { data: read.error === null ? read.data : undefined, refusal: settled === typed ? read.error : null }
}

interface PolicyEffectNoteProps {
  readonly preview: PreviewOfChange
  /** Warnings that are on the screen already. */
  readonly knownWarnings?: readonly string[]
}

export function PolicyEffectNote({ preview, knownWarnings = [] }: PolicyEffectNoteProps) {
  const { data, refusal } = preview
  if (refusal !== null) return <ErrorNotice error={refusal} />
  if (data === undefined) return <Note tone="off" title="Looking at what this would do" />
  const effect = policyEffect(data)
  return (
    <div role="status" className="stack tight">
      <Note tone={effect.newly.length > 0 ? 'warn' : 'accent'} title={effect.sentence}>
        <Services what="Suspended by the change" services={effect.newly} />
        <Services what="Spared by the change" services={effect.spared} />
        <Services what="Either way" services={effect.asBefore} />
        <p className="muted">Guards, nodes and the mode still decide what of it is sent.</p>
      </Note>
      {data.warnings
        .filter((warning) => !knownWarnings.includes(warning))
        .map((warning) => (
          <Note key={warning} tone="warn" title={warning} />
        ))}
    </div>
  )
}

function Services({ what, services }: { readonly what: string; readonly services: readonly NamedService[] }) {
  if (services.length === 0) return null
  return (
    <p className="effect">
      <span className="muted">{what}:</span>
      {services.slice(0, shownNames).map(({ id, name }) => (
        <Link key={id} className="link row-link" to="/automation/$tab" params={{ tab: 'plan' }} search={{ open: String(id) }}>
          <MiddleCut text={name} />
        </Link>
      ))}
      {services.length > shownNames && <span className="muted">and {services.length - shownNames} more</span>}
    </p>
  )
}
