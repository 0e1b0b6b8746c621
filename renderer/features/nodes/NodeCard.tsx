// One node at a glance.
import { Age } from '../../components/Age.tsx'
import { Findings } from '../../components/estate/Findings.tsx'
import { NodeLink } from '../../components/estate/links.tsx'
import type { NodeRow } from '../../components/estate/states.tsx'
import { NodeState } from '../../components/estate/states.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { NodeActions } from './NodeActions.tsx'
import { ToAccess } from './ToAccess.tsx'
import { NodeMeters } from './NodeMeters.tsx'

export function NodeCard({ node }: { readonly node: NodeRow }) {
  return (
    <section className="panel" aria-label={`Node ${node.name.slice(0, 60)}`}>
      <header className="panel-head">
        <h2 className="cut-end">
          <NodeLink nodeId={node.id} name={node.name} />
        </h2>
        <NodeState node={node} />
        <small className="push">
          <Age at={node.lastSeenAt} of="seen" staleAfterMs={2 * 60_000} />
        </small>
      </header>
      <NodeMeters node={node} />
      {(node.problem !== null || node.findings.length > 0) && (
        <div className="panel-body card-notes">
          {node.problem !== null && <ErrorNotice error={node.problem} action={<ToAccess node={node} />} />}
          <Findings findings={node.findings} />
        </div>
      )}
      <div className="panel-foot row between">
        <span className="mono muted cut">{node.url}</span>
        <NodeActions node={node} />
      </div>
    </section>
  )
}
