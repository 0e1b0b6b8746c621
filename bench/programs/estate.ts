// A demo estate in a process of its own, so that its work does not fall on what is measured. Options and questions come as messages.
import { startEstate, type Estate, type EstateOptions } from '../../demo/estate.ts'

export type EstateQuestion =
  | { readonly kind: 'start'; readonly options: EstateOptions }
  | { readonly kind: 'requests' }
  | { readonly kind: 'forget-requests' }
  | { readonly kind: 'make-overdue' }
  | { readonly kind: 'delay-nodes'; readonly answerMs: number }

let estate: Estate | null = null

/** Every running VM with an obedient guest belongs to somebody who owes the last invoice since long. Answers their services. */
function makeOverdue({ billing, nodes, story }: Estate): number[] {
  const example = story.find((line) => line.role === 'overdue' && line.expiredDays === 5)
  const expiresAt = example === undefined ? undefined : billing.service(example.serviceId)?.expires_at
  if (expiresAt == null) throw new Error('the estate has nobody who is overdue')
  const made = story.flatMap((line) => {
    const vm = nodes.find((node) => node.hostname === line.vm?.node)?.vm(line.vm?.uuid ?? '')
    const invoice = billing.invoicesOf(line.serviceId).at(-1)
    if (vm?.state !== 'Running' || vm.stubborn || vm.slowStopMs !== null || !invoice || billing.service(line.serviceId)?.status !== 'active') return []
    billing.setInvoice(invoice.id, { status: 'pending', due_at: expiresAt })
    billing.setService(line.serviceId, { expires_at: expiresAt })
    return [line.serviceId]
  })
  // Others go on paying: silence would rightly hold everything.
  const own = new Set(made.flatMap((serviceId) => billing.invoicesOf(serviceId).map((invoice) => invoice.id)))
  const other = billing.invoices().find((invoice) => invoice.status === 'pending' && !own.has(invoice.id))
  if (other) billing.payInvoice(other.id)
  return made
}

async function answer(question: EstateQuestion): Promise<unknown> {
  switch (question.kind) {
    case 'start':
      estate = await startEstate(question.options)
      return estate.connect
    case 'requests':
      return estate?.billing.requests.map((request) => ({ method: request.method, path: request.path })) ?? []
    case 'make-overdue':
      return estate === null ? [] : makeOverdue(estate)
    case 'delay-nodes':
      for (const node of estate?.nodes ?? []) node.faults.hangMs = question.answerMs
      return null
    case 'forget-requests':
      estate?.billing.requests.splice(0)
      return null
  }
}

process.on('message', (question: EstateQuestion) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => {
  void estate?.stop()
})
