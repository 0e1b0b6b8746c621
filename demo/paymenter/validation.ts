// Validates what is sent, field by field, with Laravel's rules and words.
import { isDay } from './dates.ts'
import type { TimeZone } from './dates.ts'

/** A JSON body: what was not an object is empty. */
export type Input = Record<string, unknown>

export interface ValidationContext {
  input: Input
  zone: TimeZone
  nowMs: number
}

/** Returns the words of a failure, or null. `name` is the field with blanks for underscores. */
export type Check = (value: unknown, name: string, context: ValidationContext) => string | null

export interface Field {
  name: string
  /** `required`: must be there and not be empty. `sometimes`: only checked when it is there, then as if required. */
  presence: 'required' | 'sometimes' | 'optional'
  nullable: boolean
  checks: readonly Check[]
}

export type ValidationResult = { ok: true; values: Input } | { ok: false; errors: Record<string, string[]> }

/** Checks all fields; only what has a rule is taken over. */
export function validate(fields: readonly Field[], context: ValidationContext): ValidationResult {
  const errors: Record<string, string[]> = {}
  const values: Input = {}
  for (const field of fields) {
    const name = field.name.replaceAll('_', ' ')
    const present = field.name in context.input
    const value = context.input[field.name]
    if (!present && field.presence !== 'required') continue
    if ((value === null || value === undefined) && field.presence !== 'optional' && !field.nullable) {
      errors[field.name] = [`The ${name} field is required.`]
      continue
    }
    if (value === null && field.nullable) {
      values[field.name] = null
      continue
    }
    const failures = field.checks.map((check) => check(value, name, context)).filter((failure) => failure !== null)
    if (failures.length > 0) errors[field.name] = failures
    else values[field.name] = value
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, values }
}

/** The first failure, and how many more there are. */
export function summary(errors: Record<string, string[]>): string {
  const all = Object.values(errors).flat()
  const more = all.length - 1
  return more > 0 ? `${all[0]} (and ${more} more ${more === 1 ? 'error' : 'errors'})` : `${all[0]}`
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
}

export const isText: Check = (value, name) => (typeof value === 'string' ? null : `The ${name} field must be a string.`)

export const isNumber: Check = (value, name) => (isNumeric(value) ? null : `The ${name} field must be a number.`)

export const isWhole: Check = (value, name) =>
  isNumeric(value) && /^\s*[+-]?\d+\s*$/.test(String(value)) ? null : `The ${name} field must be an integer.`

export function atLeast(minimum: number): Check {
  return (value, name) => (isNumeric(value) && Number(value) < minimum ? `The ${name} field must be at least ${minimum}.` : null)
}

/** Code points, as PHP's mb_strlen counts them. */
function characterCount(text: string): number {
  return Array.from(text).length
}

export function longest(characters: number): Check {
  return (value, name) =>
    typeof value === 'string' && characterCount(value) > characters
      ? `The ${name} field must not be greater than ${characters} characters.`
      : null
}

export function shortest(characters: number): Check {
  return (value, name) =>
    typeof value === 'string' && characterCount(value) < characters ? `The ${name} field must be at least ${characters} characters.` : null
}

export function oneOf(...choices: readonly string[]): Check {
  return (value, name) => (choices.includes(String(value)) ? null : `The selected ${name} is invalid.`)
}

export function exists(found: (id: number) => boolean): Check {
  return (value, name) => (isNumeric(value) && found(Number(value)) ? null : `The selected ${name} is invalid.`)
}

export const isEmail: Check = (value, name) =>
  typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value) ? null : `The ${name} field must be a valid email address.`

export function unused(taken: (value: string, context: ValidationContext) => boolean): Check {
  return (value, name, context) =>
    typeof value === 'string' && taken(value, context) ? `The ${name} has already been taken.` : null
}

export const isDate: Check = (value, name) =>
  typeof value === 'string' && isDay(value) ? null : `The ${name} field must be a valid date.`

/** A date of today or later; an instant counts as the instant it is. */
export const isTodayOrLater: Check = (value, name, { zone, nowMs }) => {
  const words = `The ${name} field must be a date after or equal to today.`
  if (typeof value !== 'string' || !isDay(value)) return words
  const today = zone.today(nowMs)
  if (!/T.*(Z|[+-]\d\d:?\d\d)$/.test(value)) return value.slice(0, 10) >= today ? null : words
  return Date.parse(value) >= zone.midnight(today) ? null : words
}
