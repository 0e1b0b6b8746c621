// Inputs are parsed here, always; outputs in tests and development. What is wrong is said by the field's name, never by its value.
import type { z } from 'zod'
import { Failure } from '../../../shared/domain/failure.ts'

const maximumIssues = 5

function issueText(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join('.')
  return field === '' ? issue.message : `${field}: ${issue.message}`
}

/** Throws `rpc.invalid-input`, naming each wrong field. */
export function parseInput(what: string, schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issues = result.error.issues.slice(0, maximumIssues).map(issueText).join('; ')
  throw new Failure('rpc.invalid-input', `${what} was asked in a way that it does not understand. ${issues}.`)
}

/** Throws a plain Error (a bug of ours) when the output is not what the contract promises. */
export function checkOutput(what: string, schema: z.ZodType, value: unknown): void {
  const result = schema.safeParse(value)
  if (!result.success)
    throw new Error(`${what} answered against the contract: ${result.error.issues.slice(0, maximumIssues).map(issueText).join('; ')}`)
}
