// Ways from one thing of the estate to another: a VM, a customer, a node, a service.
import { Link } from '@tanstack/react-router'
import { MiddleCut } from '../MiddleCut.tsx'

export function VmLink({ nodeId, uuid, name }: { readonly nodeId: string; readonly uuid: string; readonly name: string }) {
  return (
    <Link className="link row-link" to="/vms/$nodeId/$uuid" params={{ nodeId, uuid }}>
      <MiddleCut text={name} />
    </Link>
  )
}

export function NodeLink({ nodeId, name }: { readonly nodeId: string; readonly name: string }) {
  return (
    <Link className="link row-link" to="/nodes/$nodeId" params={{ nodeId }}>
      <MiddleCut text={name} />
    </Link>
  )
}

export function CustomerLink({ id, name }: { readonly id: number | null; readonly name: string | null }) {
  if (id === null) return name === null ? <span className="faint">–</span> : <MiddleCut text={name} />
  return (
    <Link className="link row-link" to="/customers" search={{ open: String(id) }}>
      <MiddleCut text={name ?? `Customer ${String(id)}`} />
    </Link>
  )
}

export function ServiceLink({ id, children }: { readonly id: number; readonly children?: React.ReactNode }) {
  return (
    <Link className="link row-link" to="/services" search={{ open: String(id) }}>
      {children ?? `#${String(id)}`}
    </Link>
  )
}
