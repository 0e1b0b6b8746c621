// The one list of what may cross the line between a client (renderer, command line) and the worker. Types on both sides derive from it.
import { z } from 'zod'
import { automationMethods } from './automation.ts'
import { billingMethods } from './billing.ts'
import { capacityMethods } from './capacity.ts'
import { billingWriteMethods } from './billingWrites.ts'
import type { Method } from './define.ts'
import { deskMethods } from './desk.ts'
import { findingMethods } from './findings.ts'
import { nodeMethods } from './nodes.ts'
import { noticeMethods } from './notices.ts'
import { operationMethods } from './operations.ts'
import { reportMethods } from './reports.ts'
import { searchMethods } from './search.ts'
import { storageMethods } from './storage.ts'
import { job, systemMethods } from './system.ts'
import { vmMethods } from './vms.ts'

export const methods = { ...systemMethods, ...nodeMethods, ...vmMethods, ...billingMethods, ...capacityMethods, ...billingWriteMethods, ...automationMethods, ...findingMethods, ...noticeMethods, ...operationMethods, ...storageMethods, ...reportMethods, ...searchMethods, ...deskMethods } as const satisfies Record<
  string,
  Method
>

/** What a `changed` event may name: clients read these again. */
export const topics = ['system', 'nodes', 'vms', 'billing', 'links', 'policy', 'intents', 'guards', 'holds', 'audit', 'notices', 'machines', 'storage', 'activity', 'specs', 'reports', 'capacity'] as const
export type Topic = (typeof topics)[number]

export const events = {
  /** Something in these areas changed. */
  changed: z.object({ topics: z.array(z.enum(topics)) }),
  /** A job began, moved on or ended. */
  job,
} as const

/** Byte streams: their open parameters. */
export const streams = {
  'console.vnc': z.object({ nodeId: z.string(), uuid: z.string() }),
  'console.serial': z.object({ nodeId: z.string(), uuid: z.string() }),
} as const

export type MethodName = keyof typeof methods
export type MethodInput<M extends MethodName> = z.input<(typeof methods)[M]['input']>
export type MethodParsedInput<M extends MethodName> = z.output<(typeof methods)[M]['input']>
export type MethodOutput<M extends MethodName> = z.output<(typeof methods)[M]['output']>
export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>
export type StreamName = keyof typeof streams
export type StreamParameters<S extends StreamName> = z.output<(typeof streams)[S]>
export type Job = z.output<typeof job>
