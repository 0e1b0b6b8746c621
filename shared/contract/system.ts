// The worker itself: what it is, its keychain, its jobs, and the demo estate.
import { z } from 'zod'
import { done, failure, instant, method, nothing } from './define.ts'

const keychainState = z.object({
  /** memory: the demo, nothing is kept. asked: not known yet; `system` changes when it is. */
  state: z.enum(['ok', 'locked', 'missing', 'memory', 'asked']),
  /** What is wrong and the way out; null when nothing is. */
  problem: failure.nullable(),
})

const systemStatus = z.object({
  version: z.string(),
  dataDir: z.string(),
  installationId: z.string(),
  demo: z.boolean(),
  startedAt: instant,
  pid: z.number(),
  keychain: keychainState,
  nodes: z.number(),
  billingConnected: z.boolean(),
  /** The database is damaged: it is shown as far as it can be read, nothing is done, and this is the way back. */
  damage: failure.nullable(),
  /** Another worker owns this data folder and answers here. */
  relayed: z.boolean(),
})

const jobKinds = ['power', 'bulk', 'vm', 'image', 'sync', 'run'] as const

export const job = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  /** What it is about, e.g. `Stop blr-1/vps-104-business-vps`. */
  title: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  /** Progress: `done` of `total` (null when the end is not known), and what is happening now. */
  done: z.number(),
  total: z.number().nullable(),
  label: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  result: z.unknown().optional(),
  error: failure.nullable(),
})

export const systemMethods = {
  'system.status': method(nothing, systemStatus),
  /** Asks the keychain again, e.g. after the operator has unlocked it. */
  'system.checkKeychain': method(nothing, keychainState),
  /** Starts the simulated estate and connects to it, in a data folder of its own, with a memory store for its keys. */
  'demo.start': method(nothing, systemStatus),
  /** Leaves the demo and opens the real installation again. */
  'demo.leave': method(nothing, systemStatus),
  'jobs.list': method(nothing, z.array(job)),
  /** Waits for a job's end. */
  'jobs.wait': method(z.object({ id: z.string() }), job),
  'jobs.cancel': method(z.object({ id: z.string() }), done),
}
