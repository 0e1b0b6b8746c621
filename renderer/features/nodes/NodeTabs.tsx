// The parts of a node, each with an address: overview, storage, images, networks.
import { Link } from '@tanstack/react-router'
import { nodeParts } from '../../lib/nodeParts.ts'

const names = { storage: 'Storage', images: 'Images', networks: 'Networks', activity: 'Activity', access: 'Access' } as const

export function NodeTabs({ nodeId }: { readonly nodeId: string }) {
  return (
    <>
      <Link to="/nodes/$nodeId" params={{ nodeId }} activeOptions={{ exact: true }}>
        Overview
      </Link>
      {nodeParts.map((part) => (
        <Link key={part} to="/nodes/$nodeId/$part" params={{ nodeId, part }} activeOptions={{ includeSearch: false }}>
          {names[part]}
        </Link>
      ))}
    </>
  )
}
