// The shape of Paymenter's answers, as far as it is needed: JSON:API documents, errors, and rows whose parts may be missing.
import { z } from 'zod'

const rawRow = z.unknown()
const links = z.object({ next: z.unknown().optional() }).catch({})
const included = z.array(rawRow).catch([])

export const listDocument = z.object({ data: z.array(rawRow), included: included.optional(), links: links.optional() })
export const singleDocument = z.object({ data: z.record(z.string(), z.unknown()), included: included.optional() })
/** Errors come as `message` (Laravel) or as `error` (the key middleware); failed validations name their fields. */
export const errorDocument = z.object({
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  errors: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
})

/** One row of any kind, as it was sent. */
export interface PaymenterRow {
  readonly type: string
  readonly id: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly relationships: Readonly<Record<string, unknown>>
}

/** A row that cannot be taken for one: where it stood, and what could be seen of its id. */
export interface UnreadableRow {
  readonly id: string
  readonly reason: string
}

/** Rows that came along with others, by type and id. A row that comes twice counts once. */
export class Included {
  readonly #rows = new Map<string, PaymenterRow>()

  constructor(rows: readonly unknown[]) {
    for (const raw of rows) {
      const row = readRow(raw)
      if ('attributes' in row) this.#rows.set(`${row.type}:${row.id}`, row)
    }
  }

  get(type: string, id: number): PaymenterRow | null {
    return this.#rows.get(`${type}:${id}`) ?? null
  }

  ofType(type: string): PaymenterRow[] {
    return [...this.#rows.values()].filter((row) => row.type === type)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Paymenter's ids are positive whole numbers, as text of digits or as a number; null for anything else. */
export function readId(raw: unknown): number | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) && raw > 0 ? raw : null
  if (typeof raw !== 'string' || !/^[1-9]\d{0,15}$/.test(raw)) return null
  const id = Number(raw)
  return Number.isSafeInteger(id) ? id : null
}

/** Reads one row of a document. */
export function readRow(raw: unknown): PaymenterRow | UnreadableRow {
  if (!isRecord(raw)) return { id: '?', reason: 'it is not an object' }
  const id = readId(raw['id'])
  const shown = String(typeof raw['id'] === 'string' || typeof raw['id'] === 'number' ? raw['id'] : '?').slice(0, 40)
  if (id === null) return { id: shown, reason: 'its id is not a whole number' }
  if (typeof raw['type'] !== 'string') return { id: shown, reason: 'it has no type' }
  if (!isRecord(raw['attributes'])) return { id: shown, reason: 'it has no attributes' }
  const inside = raw['attributes']['id']
  if (inside !== undefined && inside !== null && readId(inside) !== id) return { id: shown, reason: 'its two ids differ' }
  return { type: raw['type'], id, attributes: raw['attributes'], relationships: isRecord(raw['relationships']) ? raw['relationships'] : {} }
}

/** The ids behind a relationship: undefined when it was not included; unreadable references are left out. */
export function relatedIds(row: PaymenterRow, name: string): number[] | undefined {
  const relationship = row.relationships[name]
  if (!isRecord(relationship) || !('data' in relationship)) return undefined
  const data = relationship['data']
  const references = Array.isArray(data) ? (data as unknown[]) : data === null ? [] : [data]
  return references.flatMap((reference) => {
    const id = isRecord(reference) ? readId(reference['id']) : null
    return id === null ? [] : [id]
  })
}
