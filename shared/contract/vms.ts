// VMs: the fleet as last observed, and power actions that end when the state proves them.
import { z } from 'zod'
import { holdKinds } from '../domain/decide.ts'
import { day, failure, instant, method, nodeId, paymenterId, vmUuid } from './define.ts'

const vmStates = ['running', 'paused', 'shutoff', 'shutting-down', 'crashed', 'unknown'] as const
export const vmState = z.enum(vmStates)
export const powerActions = ['start', 'stop', 'force-stop', 'reboot', 'pause', 'resume'] as const
export const powerAction = z.enum(powerActions)

export const vmRow = z.object({
  nodeId,
  nodeName: z.string(),
  uuid: vmUuid,
  name: z.string(),
  state: vmState,
  memoryKiB: z.number(),
  vcpus: z.number(),
  /** 100 = one full vCPU; null when the VM was not in the node's last list. */
  cpuPercent: z.number().nullable(),
  /** CPU time consumed, in seconds: Flint calls it uptime, which it is not. */
  cpuTimeSeconds: z.number(),
  ipAddresses: z.array(z.string()),
  observedAt: instant,
  service: z
    .object({
      id: paymenterId,
      status: z.string(),
      productName: z.string().nullable(),
      customerId: paymenterId.nullable(),
      customerName: z.string().nullable(),
      /** The last day that is paid for; null where the service has none. */
      paidUntil: day.nullable(),
    })
    .nullable(),
  hold: z.enum(holdKinds).nullable(),
  /** A suspension by this console is in force. */
  suspended: z.boolean(),
  /** Kept here only: tags, a note, and whether it is protected from being deleted or reinstalled. */
  tags: z.array(z.string()),
  note: z.string(),
  isProtected: z.boolean(),
})

export const powerResult = z.object({
  node: z.string(),
  name: z.string(),
  uuid: vmUuid,
  state: vmState,
  /** False where nothing outside the guest can prove it: a reboot. */
  verified: z.boolean(),
})

export const vmMethods = {
  /** The fleet as last observed; answers at once. */
  'vms.list': method(z.object({ nodeId: nodeId.optional() }), z.array(vmRow)),
  /** A fresh look at every node, in parallel; a node that fails leaves its VMs unknown and is named in `failed`. */
  'vms.refresh': method(
    z.object({ nodeId: nodeId.optional() }),
    z.object({ vms: z.array(vmRow), failed: z.array(z.object({ nodeId, name: z.string(), error: failure })) }),
  ),
  /**
   * Starts a job that sends the action and follows the VM until its state proves it; the job's result is a `powerResult`.
   * On a linked VM it counts as the operator's own hand: `why` is needed to stop a customer who has paid, `days` is how long a suspended
   * one that is started is left running (3 unless said).
   */
  'vms.power': method(
    z.object({
      nodeId,
      uuid: vmUuid,
      action: powerAction,
      /** With `stop`: force it when the guest has not obeyed in time. */
      force: z.boolean().optional(),
      why: z.string().max(500).optional(),
      days: z.number().int().min(1).max(365).optional(),
    }),
    z.object({ jobId: z.string() }),
  ),
}

