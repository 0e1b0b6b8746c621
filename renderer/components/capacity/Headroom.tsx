// How many more VMs of each size fit: on each node, and in all.
import { limitWords, sizeWords, type Outlook } from './capacityWords.ts'
import { NodeLink } from '../estate/links.tsx'
import './capacity.css'

const mostNodes = 8

/** @param nodeId only this node; all of them in columns otherwise */
export function Headroom({ outlook, nodeId }: { readonly outlook: Outlook; readonly nodeId?: string }) {
  const names = new Map(outlook.nodes.map((node) => [node.nodeId, node.name]))
  const first = outlook.plans[0]
  const nodes = nodeId === undefined ? (first?.nodes ?? []).slice(0, mostNodes).map((node) => node.nodeId) : [nodeId]
  if (first === undefined || first.nodes.length === 0) return <p className="panel-body muted">No node has been seen yet.</p>
  return (
    <div className="panel-scroll">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Size</th>
            {nodeId === undefined && (
              <th scope="col" className="end">
                Fit in all
              </th>
            )}
            {nodes.map((node) => (
              <th key={node} scope="col" className="end">
                {nodeId === undefined ? <NodeLink nodeId={node} name={names.get(node) ?? ''} /> : 'More fit'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {outlook.plans.map((plan) => (
            <tr key={plan.id}>
              <td>
                {plan.name} <span className="muted small">{sizeWords(plan)}</span>
              </td>
              {nodeId === undefined && <td className="end strong">{plan.total.toLocaleString()}</td>}
              {nodes.map((node) => {
                const fits = plan.nodes.find((one) => one.nodeId === node)
                return (
                  <td key={node} className="end headroom-count">
                    {fits === undefined ? '–' : fits.count.toLocaleString()}
                    {fits !== undefined && fits.limit !== null && <span className="muted small"> {limitWords[fits.limit]}</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
