// From a node's trouble to where it can be mended: what has changed is accepted, the key and the address are changed there.
import { Link } from '@tanstack/react-router'
import type { NodeRow } from '../../components/estate/states.tsx'

const mendedThere: readonly NodeRow['state'][] = ['certificate-changed', 'unauthorized', 'unreachable', 'not-flint']

export function ToAccess({ node }: { readonly node: NodeRow }) {
  if (!mendedThere.includes(node.state)) return null
  return (
    <Link className="button" to="/nodes/$nodeId/$part" params={{ nodeId: node.id, part: 'access' }}>
      Access
    </Link>
  )
}
