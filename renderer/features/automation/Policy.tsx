// The policy: the mode, every key, and overrides for one product or one customer.
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useRead } from '../../lib/queries.ts'
import { Mode } from './Mode.tsx'
import { Overrides } from './Overrides.tsx'
import { PolicyKeys } from './PolicyKeys.tsx'
import { UnreadablePolicy } from './UnreadablePolicy.tsx'

export function Policy() {
  const policy = useRead('policy.show', {})
  // What was read before it became unreadable is not in force any more.
  if (policy.error !== null && failureOf(policy.error).code === 'policy.unreadable') return <UnreadablePolicy error={policy.error} />
  if (policy.data === undefined) return policy.error === null ? <Skeleton lines={10} /> : <ErrorNotice error={policy.error} />
  return (
    <div className="stack policy">
      {policy.data.warnings.map((warning) => (
        <Note key={warning} tone="warn" title={warning} />
      ))}
      <Mode mode={String(policy.data.values['mode'] ?? 'observe')} />
      <PolicyKeys key={policy.data.version} policy={policy.data} />
      <Overrides policy={policy.data} />
    </div>
  )
}
