// The filter language of every table: words, "quoted words", `key:value`, and `-` for not; all of them must fit.

export interface FilterTerm {
  /** The key before the colon, lower case; null for a free word. */
  readonly key: string | null
  /** What to look for, folded. */
  readonly value: string
  readonly negated: boolean
}

const marks = /\p{M}/gu

/** Lower case without accents, so that `zoe` finds Zoë. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(marks, '').toLowerCase()
}

/** Reads a filter. A key that the table does not know is a word like any other (`10:20`). An unfinished `state:` filters nothing. */
export function parseFilter(text: string, knownKeys: readonly string[]): FilterTerm[] {
  const terms: FilterTerm[] = []
  for (const match of text.matchAll(/(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))?/g)) {
    const [whole, minus = '', rawKey, quoted, plain = ''] = match
    if (whole === '') continue
    const key = rawKey?.toLowerCase() ?? null
    const known = key !== null && knownKeys.includes(key)
    const raw = quoted ?? plain
    const value = fold(known || key === null ? raw : `${rawKey ?? ''}:${raw}`)
    if (value === '' || value === '-') continue
    terms.push({ key: known ? key : null, value, negated: minus === '-' })
  }
  return terms
}

/** How a table's rows answer to a filter: what a free word looks through, and what each key looks at. */
export interface FilterFields<Row> {
  readonly words: (row: Row) => readonly (string | number | null | undefined)[]
  readonly keys: Readonly<Record<string, (row: Row) => string | number | null | undefined>>
  /** A filter language of its own; the keys are then for the hint only. */
  readonly select?: (rows: readonly Row[], text: string) => readonly Row[]
  /** Keys that are not looked up in a text but ask something of the row: `since:2026-11-22`. They get the folded value. */
  readonly tests?: Readonly<Record<string, (row: Row, value: string) => boolean>>
}

/** Every key that may stand before a colon. */
export function filterKeys<Row>(fields: FilterFields<Row>): string[] {
  return [...Object.keys(fields.keys), ...Object.keys(fields.tests ?? {})]
}

/** The rows that fit every term. Folded words are kept per row object, so that typing stays quick with 10,000 rows. */
export function filterRows<Row extends object>(
  rows: readonly Row[],
  text: string,
  fields: FilterFields<Row>,
  kept: WeakMap<Row, string>,
): readonly Row[] {
  if (fields.select !== undefined) return text.trim() === '' ? rows : fields.select(rows, text)
  const terms = parseFilter(text, filterKeys(fields))
  if (terms.length === 0) return rows
  const wordsOf = (row: Row): string => {
    const known = kept.get(row)
    if (known !== undefined) return known
    const made = fold(
      fields
        .words(row)
        .filter((part) => part !== null && part !== undefined)
        .join('\n'),
    )
    kept.set(row, made)
    return made
  }
  return rows.filter((row) =>
    terms.every((term) => {
      const test = term.key === null ? undefined : fields.tests?.[term.key]
      if (test !== undefined) return test(row, term.value) !== term.negated
      const field = term.key === null ? undefined : fields.keys[term.key]
      const hay = field === undefined ? wordsOf(row) : fold(String(field(row) ?? 'none'))
      return hay.includes(term.value) !== term.negated
    }),
  )
}
