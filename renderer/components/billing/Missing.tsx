// A list that the key may not view, shown as missing: not as empty.
import { Link } from '@tanstack/react-router'
import type { MissingList } from '../../lib/permissions.ts'
import { Note } from '../Note.tsx'

export function Missing({ list }: { readonly list: MissingList | null | undefined }) {
  if (list === null || list === undefined) return null
  return (
    <Note
      tone="warn"
      title={`Missing: the key may not view ${list.resource}.`}
      action={
        <Link className="link" to="/settings">
          Settings
        </Link>
      }
    >
      <p>
        {list.message} It takes the permission <span className="mono">{list.permission}</span>.
      </p>
    </Note>
  )
}
