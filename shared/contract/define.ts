// How the contract is written down: a method has an input and an output schema, an event a payload, a stream its open parameters.
import { z } from 'zod'

export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
}

export function method<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<I, O> {
  return { input, output }
}

/** The input of a method that asks for nothing. */
export const nothing = z.object({})
/** The output of a method that only succeeds or fails. */
export const done = z.object({ ok: z.literal(true) })

/** UTC milliseconds. */
export const instant = z.number().int()
/** `YYYY-MM-DD` in Paymenter's time zone. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
export const money = z.object({ amountMinor: z.number().int(), currency: z.string() })
export const nodeId = z.string().min(1)
export const vmUuid = z.string().min(1)
export const paymenterId = z.number().int().positive()
export const failure = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() })
