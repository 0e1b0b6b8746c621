// Links, policy, plan, intents, guards, holds and the record: everything between billing and VMs.
import { z } from 'zod'
import { decisionKinds, holdKinds } from '../domain/decide.ts'
import { guardCodes } from '../domain/guards.ts'
import { day, failure, instant, method, money, nodeId, nothing, paymenterId, vmUuid } from './define.ts'
import { syncResult } from './billing.ts'

const linkRow = z.object({
  serviceId: paymenterId,
  customerName: z.string().nullable(),
  productName: z.string().nullable(),
  nodeId,
  node: z.string(),
  name: z.string(),
  uuid: vmUuid,
  reason: z.string(),
  /** The one and only fit, both ways. */
  obvious: z.boolean(),
  confirmed: z.boolean(),
})

const policyValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const policyView = z.object({
  version: z.number(),
  values: policyValues,
  overrides: z.array(z.object({ productId: paymenterId.nullable(), customerId: paymenterId.nullable(), values: policyValues })),
  warnings: z.array(z.string()),
})

const planRowOfService = z.object({
  serviceId: paymenterId,
  customerName: z.string().nullable(),
  productName: z.string().nullable(),
  nodeId,
  node: z.string(),
  name: z.string(),
  uuid: vmUuid,
  /** Which of the nine states of automation.md the service is in. */
  state: z.string(),
  decision: z.enum(decisionKinds),
  reason: z.string(),
  facts: z.record(z.string(), z.unknown()),
  blockedBy: z.array(z.string()),
})

export const intentStates = ['planned', 'approved', 'executing', 'verifying', 'done', 'failed', 'cancelled'] as const
const intentState = z.enum(intentStates)
const intentKinds = ['suspend', 'unsuspend', 'terminate', 'purge'] as const

const intentRow = z.object({
  id: z.string(),
  kind: z.enum(intentKinds),
  serviceId: paymenterId,
  customerName: z.string().nullable(),
  nodeId,
  node: z.string(),
  name: z.string(),
  uuid: vmUuid,
  state: intentState,
  step: z.string(),
  reason: z.string(),
  waitsForApproval: z.boolean(),
  approvedBy: z.string().nullable(),
  attempts: z.number(),
  error: failure.nullable(),
  createdAt: instant,
  updatedAt: instant,
  finishedAt: instant.nullable(),
})

const vaultRow = z.object({
  id: z.number(),
  serviceId: paymenterId,
  nodeId,
  node: z.string().nullable(),
  name: z.string(),
  uuid: vmUuid,
  terminatedAt: instant,
  purgeOn: day,
  snapshotName: z.string(),
  restoredAt: instant.nullable(),
  purgedAt: instant.nullable(),
  leftovers: z.array(z.object({ kind: z.string(), name: z.string(), pool: z.string().nullable(), path: z.string().nullable(), capacityBytes: z.number().nullable() })),
})

const guardRow = z.object({
  code: z.enum(guardCodes),
  nodeId: nodeId.nullable(),
  node: z.string().nullable(),
  since: instant,
  reason: z.string(),
  figures: z.record(z.string(), z.union([z.string(), z.number()])),
  releasable: z.boolean(),
})

const holdRow = z.object({
  serviceId: paymenterId,
  customerName: z.string().nullable(),
  kind: z.enum(holdKinds),
  until: day.nullable(),
  why: z.string(),
  by: z.string(),
  createdAt: instant,
})

const auditRow = z.object({
  seq: z.number(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  serviceId: paymenterId.nullable(),
  nodeId: nodeId.nullable(),
  node: z.string().nullable(),
  vm: z.string().nullable(),
  why: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
})

export const runResult = z.object({
  sync: syncResult.nullable(),
  planned: z.number(),
  waiting: z.number(),
  done: z.number(),
  failed: z.number(),
  held: z.array(z.object({ code: z.string(), node: z.string().nullable(), reason: z.string() })),
})

const automationStatus = z.object({
  mode: z.string(),
  lastRunAt: instant.nullable(),
  running: z.boolean(),
  waiting: z.number(),
  failed: z.number(),
  guards: z.number(),
})

const explainedRule = z.object({ rule: z.string(), outcome: z.enum(['fits', 'no', 'not-reached']), because: z.string() })

const previewedDay = z.object({
  day,
  notices: z.array(paymenterId),
  suspensions: z.array(paymenterId),
  trialsEnding: z.array(paymenterId),
  renewals: z.array(paymenterId),
  valueAtRisk: z.array(money),
  renewing: z.array(money),
  memoryFreedKiB: z.number(),
})

const policyPreview = z.object({
  /** Services that would be suspended today with the policy as it is, and as it would be. */
  before: z.array(paymenterId),
  after: z.array(paymenterId),
  names: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
})

const byId = z.object({ id: z.string() })
const policyChange = z.object({ productId: paymenterId.optional(), customerId: paymenterId.optional(), values: z.record(z.string(), z.string()) })

export const automationMethods = {
  'links.list': method(nothing, z.array(linkRow)),
  /** Suggestions that are not confirmed yet. */
  'links.suggest': method(nothing, z.array(linkRow)),
  'links.confirm': method(z.object({ serviceId: paymenterId, nodeId, uuid: vmUuid }), linkRow),
  /** Confirms every obvious suggestion; the answer is what was confirmed. */
  'links.confirmObvious': method(nothing, z.array(linkRow)),
  /** The service was suspended before this console came: payment shall start its VM. */
  'links.cover': method(z.object({ serviceId: paymenterId }), linkRow),
  'links.remove': method(z.object({ serviceId: paymenterId }), linkRow),

  'policy.show': method(nothing, policyView),
  /** Values as typed; refused as a whole when one is wrong; `default` takes an override away. */
  'policy.set': method(policyChange, policyView),
  /** What the change would do today; nothing is saved. Refused like `policy.set`. */
  'policy.preview': method(policyChange, policyPreview),

  'automation.status': method(nothing, automationStatus),
  /** Today's decisions; nothing is sent, nothing stored. */
  'automation.plan': method(nothing, z.array(planRowOfService)),
  /** The next days as they would be if nobody paid. */
  'automation.preview': method(z.object({ days: z.number().int().min(1).max(31).optional() }), z.array(previewedDay)),
  /** Every rule in its order for one linked service: why this, why not that. */
  'automation.explain': method(z.object({ serviceId: paymenterId }), z.array(explainedRule)),
  /** Starts a job: sync, plan, act, verify; its result is a `runResult`. */
  'automation.run': method(nothing, z.object({ jobId: z.string() })),

  'intents.list': method(z.object({ state: intentState.optional(), limit: z.number().int().min(1).max(10_000).optional() }), z.array(intentRow)),
  'intents.approve': method(byId.extend({ confirm: z.string().optional() }), intentRow),
  'intents.cancel': method(byId, intentRow),
  'intents.retry': method(byId, intentRow),
  'intents.resolve': method(byId, intentRow),

  /** What is kept of terminated VMs, newest first. */
  'vault.list': method(nothing, z.array(vaultRow)),
  /** Takes a termination back and starts the VM: a job, its result is a `powerResult`. Refused once it was purged. */
  'vault.restore': method(z.object({ nodeId, uuid: vmUuid, why: z.string().max(500).optional(), days: z.number().int().min(1).max(365).optional() }), z.object({ jobId: z.string() })),

  'guards.list': method(nothing, z.array(guardRow)),
  'guards.release': method(z.object({ code: z.string(), by: z.string(), why: z.string() }), z.array(guardRow)),

  'holds.list': method(nothing, z.array(holdRow)),
  'holds.add': method(
    z.object({ serviceId: paymenterId, kind: z.enum(holdKinds), until: z.string().optional(), why: z.string(), by: z.string().optional() }),
    holdRow,
  ),
  'holds.remove': method(z.object({ serviceId: paymenterId }), holdRow),

  'audit.list': method(
    z.object({ serviceId: paymenterId.optional(), sinceAt: instant.optional(), limit: z.number().int().min(1).max(100_000).optional() }),
    z.array(auditRow),
  ),
  'audit.verify': method(nothing, z.object({ ok: z.boolean(), entries: z.number(), firstBad: z.number().nullable() })),
}

