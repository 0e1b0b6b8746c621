// What a column of a data table is, and how its values are compared.

export type CellValue = string | number | null

export interface DataColumn<Row> {
  readonly id: string
  readonly header: string
  /** What sorts and, unless `csv` says otherwise, is exported. Null stands last, whatever the direction. */
  readonly value: (row: Row) => CellValue
  readonly cell?: (row: Row) => React.ReactNode
  readonly csv?: (row: Row) => CellValue
  readonly end?: boolean
  readonly widthPx: number
  /** Takes the room that is left over. */
  readonly grow?: boolean
  /** Not shown until it is chosen. */
  readonly hidden?: boolean
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Numbers by size, texts as people sort them (vps-9 before vps-10). */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return collator.compare(String(a), String(b))
}

/**
 * Keeps the order that rows had while the pointer is among them, so that nothing moves under it: known rows stay, new ones come after.
 * `order` is the position of each key when the pointer came in.
 */
export function keepOrder<T>(rows: readonly T[], keyOf: (row: T) => string, order: ReadonlyMap<string, number>): readonly T[] {
  const last = order.size
  return rows
    .map((row, index) => ({ row, at: order.get(keyOf(row)) ?? last + index }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}
