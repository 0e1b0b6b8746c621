// Findings: where billing and the VMs do not agree, with what would resolve it and what is at stake.
import { z } from 'zod'
import { findingKinds, resolveActions } from '../domain/findings.ts'
import { done, method, money, nodeId, nothing, paymenterId } from './define.ts'

const findingRow = z.object({
  key: z.string(),
  kind: z.enum(findingKinds),
  severity: z.enum(['info', 'warning', 'danger']),
  /** Null: it is about the installation as a whole. */
  serviceId: paymenterId.nullable(),
  customerName: z.string().nullable(),
  productName: z.string().nullable(),
  nodeId: nodeId.nullable(),
  node: z.string().nullable(),
  name: z.string().nullable(),
  message: z.string(),
  resolve: z.array(
    z.object({
      action: z.enum(resolveActions),
      text: z.string(),
    }),
  ),
  /** What a billing period of it is worth, by currency. */
  money: z.array(money),
  memoryKiB: z.number().nullable(),
  serviceIds: z.array(paymenterId),
})

export const findingMethods = {
  'automation.findings': method(nothing, z.array(findingRow)),
  /** Answers one that asks (`suspended-before-console`) with “leave it alone”: it is not shown again. */
  'automation.answerFinding': method(z.object({ key: z.string().max(200), by: z.string().max(200).optional() }), done),
}
