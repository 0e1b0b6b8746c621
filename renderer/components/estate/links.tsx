// Ways from one thing of the estate to another. Plain anchors into the hash history: a table draws hundreds, and a router's link each costs more
// than the rest of the row.
import type { ReactNode } from 'react'
import { MiddleCut } from '../MiddleCut.tsx'

function part(text: string): string {
  return encodeURIComponent(text)
}

export function VmLink({ nodeId, uuid, name }: { readonly nodeId: string; readonly uuid: string; readonly name: string }) {
  return (
    <a className="link row-link" href={`#/vms/${part(nodeId)}/${part(uuid)}`}>
      <MiddleCut text={name} />
    </a>
  )
}

export function NodeLink({ nodeId, name }: { readonly nodeId: string; readonly name: string }) {
  return (
    <a className="link row-link" href={`#/nodes/${part(nodeId)}`}>
      <MiddleCut text={name} />
    </a>
  )
}

export function CustomerLink({ id, name }: { readonly id: number | null; readonly name: string | null }) {
  if (id === null) return name === null ? <span className="faint">–</span> : <MiddleCut text={name} />
  return (
    <a className="link row-link" href={`#/customers/${String(id)}`}>
      <MiddleCut text={name ?? `Customer ${String(id)}`} />
    </a>
  )
}

export function ServiceLink({ id, children }: { readonly id: number; readonly children?: ReactNode }) {
  return (
    <a className="link row-link" href={`#/services?open=${String(id)}`}>
      {children ?? `#${String(id)}`}
    </a>
  )
}
