// Finds in an estate what a test's story is about, and looks at the truth past the app.
import type { Estate } from '../../demo/estate.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'

export interface Subject {
  readonly serviceId: number
  readonly node: string
  readonly vm: SimulatedVm
  readonly invoiceId: number
}

/** In the demo's story the guest of the customer who expired so many days ago never obeys a stop. */
const stubbornDays = 7
/** … and this one takes minutes. */
const slowDays = 4
const usualGraceDays = 3

/** A customer past the grace whose VM still runs and obeys a stop. */
export function overdueSubject(estate: Estate): Subject {
  return subjectWhere(estate, (days) => days > usualGraceDays && days !== stubbornDays && days !== slowDays)
}

/** A customer past the grace whose guest ignores every stop. */
export function stubbornSubject(estate: Estate): Subject {
  return subjectWhere(estate, (days) => days === stubbornDays)
}

function subjectWhere(estate: Estate, fits: (expiredDays: number) => boolean): Subject {
  for (const line of estate.story) {
    if (line.role !== 'overdue' || line.vm === null || line.expiredDays === null || !fits(line.expiredDays)) continue
    const vm = findVm(estate, line.vm.node, line.vm.name)
    const invoice = estate.billing.invoicesOf(line.serviceId).find(({ status }) => status === 'pending')
    if (vm.state === 'Running' && invoice !== undefined) return { serviceId: line.serviceId, node: line.vm.node, vm, invoiceId: invoice.id }
  }
  throw new Error('the estate has no such customer')
}

export function findVm(estate: Estate, node: string, name: string): SimulatedVm {
  const vm = estate.nodes.find(({ hostname }) => hostname === node)?.vm(name)
  if (vm === undefined) throw new Error(`there is no ${node}/${name}`)
  return vm
}

/** A running VM that belongs to a customer who has paid. */
export function paidVm(estate: Estate): { readonly node: string; readonly vm: SimulatedVm; readonly serviceId: number } {
  for (const line of estate.story) {
    if (line.role !== 'current' || line.vm === null) continue
    const vm = findVm(estate, line.vm.node, line.vm.name)
    if (vm.state === 'Running') return { node: line.vm.node, vm, serviceId: line.serviceId }
  }
  throw new Error('no paid VM runs in the estate')
}

/** The power actions that a node was sent for a VM, in their order. */
export function actionsSent(estate: Estate, subject: { readonly node: string; readonly vm: SimulatedVm }): string[] {
  const node = estate.nodes.find(({ hostname }) => hostname === subject.node)
  return (node?.requests ?? []).flatMap(({ path, action }) => (action !== undefined && path.includes(subject.vm.uuid) ? [action] : []))
}
