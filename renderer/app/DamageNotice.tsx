// A damaged database: it is shown as far as it can be read, nothing is done, and the way back.
import { IconDatabaseX } from '@tabler/icons-react'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { Icon } from '../components/Icon.tsx'

export function DamageNotice({ damage }: { readonly damage: MethodOutput<'system.status'>['damage'] }) {
  if (damage === null) return null
  return (
    <section className="banner keychain" aria-label="Database">
      <Icon of={IconDatabaseX} />
      <span role="alert">
        <span className="strong">The data can only be read; nothing is done.</span> {damage.message} {damage.hint}
      </span>
    </section>
  )
}
