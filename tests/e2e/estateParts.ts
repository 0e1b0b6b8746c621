// Finds in an estate what a test's story is about, and looks at the truth past the app.
import type { Estate } from '../../demo/estate.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'

export interface Subject {
  readonly serviceId: number
  readonly node: string
  readonly vm: SimulatedVm
  readonly invoiceId: number
}

/** In the demo's story the guests of these take their time, or never obey. */
const slowOrStubbornDays = new Set([4, 7])

/** Customers past their grace whose VM still runs and obeys a stop, in the estate's own order. */
export function overdueSubjects(estate: Estate): Subject[] {
  return estate.story.flatMap((line) => {
    const expiredDays = line.expiredDays ?? 0
    if (line.role !== 'overdue' || line.vm === null || expiredDays <= 3 || slowOrStubbornDays.has(expiredDays)) return []
    const vm = findVm(estate, line.vm.node, line.vm.name)
    const invoice = estate.billing.invoicesOf(line.serviceId).find(({ status }) => status === 'pending')
    return vm.state === 'Running' && invoice !== undefined ? [{ serviceId: line.serviceId, node: line.vm.node, vm, invoiceId: invoice.id }] : []
  })
}

/** The first one; throws when the estate has none. */
export function overdueSubject(estate: Estate, index = 0): Subject {
  const subject = overdueSubjects(estate)[index]
  if (subject === undefined) throw new Error('nobody in the estate is overdue with a running VM')
  return subject
}

export function findVm(estate: Estate, node: string, name: string): SimulatedVm {
  const vm = estate.nodes.find(({ hostname }) => hostname === node)?.vm(name)
  if (vm === undefined) throw new Error(`there is no ${node}/${name}`)
  return vm
}

/** A running VM that belongs to a customer who has paid. */
export function paidVm(estate: Estate): { readonly node: string; readonly vm: SimulatedVm } {
  for (const line of estate.story) {
    if (line.role !== 'current' || line.vm === null) continue
    const vm = findVm(estate, line.vm.node, line.vm.name)
    if (vm.state === 'Running') return { node: line.vm.node, vm }
  }
  throw new Error('no paid VM runs in the estate')
}

/** The power actions that a node was sent for a VM, in their order. */
export function actionsSent(estate: Estate, subject: { readonly node: string; readonly vm: SimulatedVm }): string[] {
  const node = estate.nodes.find(({ hostname }) => hostname === subject.node)
  return (node?.requests ?? []).flatMap(({ path, action }) => (action !== undefined && path.includes(subject.vm.uuid) ? [action] : []))
}
