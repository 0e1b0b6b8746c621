// One part of a node: storage, images, networks or what it did.
import { Link, useParams } from '@tanstack/react-router'
import { IconServerOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Age } from '../../components/Age.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { ActivityTable } from '../../components/estate/ActivityTable.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { nodeParts, type NodePart } from '../../lib/nodeParts.ts'
import { useRead } from '../../lib/queries.ts'
import { NodeAccess } from './NodeAccess.tsx'
import { NodeImages } from './NodeImages.tsx'
import { NodeNetworks } from './NodeNetworks.tsx'
import { NodeStorage } from './NodeStorage.tsx'
import { NodeTabs } from './NodeTabs.tsx'

const screens: { readonly [Part in NodePart]: (props: { readonly node: NodeRow }) => ReactNode } = {
  storage: NodeStorage,
  images: NodeImages,
  networks: NodeNetworks,
  access: ({ node }) => <NodeAccess key={node.id} node={node} />,
  activity: ({ node }) => <ActivityTable nodeId={node.id} />,
}

export function NodePartPage() {
  const { nodeId, part: named } = useParams({ from: '/nodes/$nodeId/$part' })
  const nodes = useRead('nodes.list', {})
  const node = nodes.data?.find((row) => row.id === nodeId)
  const part = nodeParts.find((known) => known === named) ?? 'storage'
  const Screen = screens[part]
  if (node === undefined) {
    return (
      <Page title="Node" parent={<Link to="/nodes">Nodes</Link>}>
        <ErrorNotice error={nodes.error} />
        {nodes.data === undefined ? <Skeleton /> : <EmptyState icon={IconServerOff} title="This node is not known here" />}
      </Page>
    )
  }
  return (
    <Page
      title={node.name}
      parent={<Link to="/nodes">Nodes</Link>}
      filled={part === 'activity'}
      age={<Age at={node.lastSeenAt} of="seen" staleAfterMs={2 * 60_000} />}
      tabs={<NodeTabs nodeId={nodeId} />}
    >
      {node.problem !== null && !(part === 'access' && node.change !== null) && <ErrorNotice error={node.problem} />}
      <Screen node={node} />
    </Page>
  )
}
