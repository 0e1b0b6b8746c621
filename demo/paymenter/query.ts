// Reads a request's query as the admin API does: includes by permission, filters that match in the middle, sorts, pages.
import { HttpError, serverError } from './answers.ts'
import type { Endpoint } from './endpoints.ts'
import { isGuarded } from './keys.ts'
import type { AnyRow } from './rows.ts'
import type { SortKey } from './table.ts'

/** PHP's parameters: `a=1` is a text, `a[b]=1` a map, `a[]=1` a map with numbers for keys. */
export type Parameters = Map<string, string | Map<string, string>>

/** What is to be included, and below it again. */
export type IncludeTree = Map<string, IncludeTree>

const DEFAULT_PER_PAGE = 15

const INCLUDE_PERMISSIONS: Readonly<Record<string, string>> = {
  messages: 'ticket_messages',
  role: 'roles',
  user: 'users',
  ticket: 'tickets',
  'plans.prices': 'products',
}

/** Parses a query string. Later parameters win. */
export function parseParameters(query: string): Parameters {
  const parameters: Parameters = new Map()
  for (const [name, value] of new URLSearchParams(query)) {
    const bracket = /^([^[]+)\[([^\]]*)\]/.exec(name)
    if (!bracket) {
      parameters.set(name, value)
      continue
    }
    const [, outer = '', inner = ''] = bracket
    const known = parameters.get(outer)
    const map = known instanceof Map ? known : new Map<string, string>()
    map.set(inner === '' ? String(map.size) : inner, value)
    parameters.set(outer, map)
  }
  return parameters
}

function words(value: string | Map<string, string> | undefined): string[] {
  const texts = value === undefined ? [] : value instanceof Map ? [...value.values()] : value.split(',')
  return texts.filter((text) => text !== '')
}

/** The includes of a request. Throws 400 for what this key may not include, 500 for what crashes. */
export function readIncludes(endpoint: Endpoint<AnyRow>, parameters: Parameters, mayView: (permission: string) => boolean): IncludeTree {
  const permitted = endpoint.includes.filter((include) => {
    const resource = INCLUDE_PERMISSIONS[include.name] ?? include.name
    return !isGuarded(resource) || mayView(`${resource}.view`)
  })
  const allowed = permitted.flatMap((include) => includeNames(include.name))
  const asked = words(parameters.get('include'))
  const refused = asked.filter((name) => !allowed.includes(name))
  if (refused.length > 0) {
    throw new HttpError(
      400,
      `Requested include(s) \`${refused.join(', ')}\` are not allowed. Allowed include(s) are \`${allowed.join(', ')}\`.`,
    )
  }
  const tree: IncludeTree = new Map()
  for (const name of asked) {
    const effect = permitted.find((include) => include.name === name)?.effect
    if (effect === 'crash') throw serverError()
    if (effect === 'nothing' || /(Count|Exists)$/.test(name)) continue
    let branch = tree
    for (const part of name.split('.')) {
      const next: IncludeTree = branch.get(part) ?? new Map()
      branch.set(part, next)
      branch = next
    }
  }
  return tree
}

/** An include is also offered as its count and its existence, and a nested one by each of its steps. */
function includeNames(name: string): string[] {
  const parts = name.split('.')
  return parts.flatMap((part, depth) =>
    depth === 0 ? [part, `${part}Count`, `${part}Exists`] : [parts.slice(0, depth + 1).join('.')],
  )
}

/** The order of a list. Throws 400 for an unknown sort, 500 for a column that the table lacks. */
export function readSorts(endpoint: Endpoint<AnyRow>, parameters: Parameters): SortKey[] {
  const keys = words(parameters.get('sort')).map((text) => ({ column: text.replace(/^-/, ''), descending: text.startsWith('-') }))
  const refused = keys.filter((key) => !endpoint.sorts.includes(key.column))
  if (refused.length > 0) {
    const names = refused.map((key) => key.column).join(', ')
    throw new HttpError(400, `Requested sort(s) \`${names}\` is not allowed. Allowed sort(s) are \`${endpoint.sorts.join(', ')}\`.`)
  }
  if (keys.some((key) => endpoint.missingColumns.includes(key.column))) throw serverError()
  return keys
}

/** True for the rows that a list shows. Every filter matches in the middle of the column's text; several values by comma. */
export function readFilters(endpoint: Endpoint<AnyRow>, parameters: Parameters): (row: AnyRow) => boolean {
  const asked = parameters.get('filter')
  if (!(asked instanceof Map)) return () => true
  const refused = [...asked.keys()].filter((name) => !endpoint.filters.includes(name))
  if (refused.length > 0) {
    throw new HttpError(
      400,
      `Requested filter(s) \`${refused.join(', ')}\` are not allowed. Allowed filter(s) are \`${endpoint.filters.join(', ')}\`.`,
    )
  }
  const filters = [...asked]
    .map(([column, text]) => ({ column, needles: words(text).map((needle) => needle.toLowerCase()) }))
    .filter((filter) => filter.needles.length > 0)
  if (filters.some((filter) => endpoint.missingColumns.includes(filter.column))) throw serverError()
  return (row) =>
    filters.every(({ column, needles }) => {
      const value = row[column]
      if (value === null || value === undefined) return false
      const text = column === 'expires_at' ? `${value} 00:00:00` : String(value).toLowerCase()
      return needles.some((needle) => text.includes(needle))
    })
}

export interface Page {
  number: number
  /** What `meta.per_page` repeats: the text that was sent, or the number 15. */
  echoed: string | number
  perPage: number
}

/** The page that was asked for: no upper limit, 0 is 15, a word or a list is a 500. */
export function readPage(parameters: Parameters, ignorePerPage: boolean): Page {
  const page = parameters.get('page')
  const number = typeof page === 'string' && /^\s*\+?[1-9]\d*\s*$/.test(page) ? Number(page) : 1
  const asked = ignorePerPage ? undefined : parameters.get('per_page')
  if (asked === undefined || asked === '') return { number, echoed: DEFAULT_PER_PAGE, perPage: DEFAULT_PER_PAGE }
  if (asked instanceof Map || Number.isNaN(Number(asked)) || asked.trim() === '') throw serverError()
  if (asked === '0') return { number, echoed: DEFAULT_PER_PAGE, perPage: DEFAULT_PER_PAGE }
  return { number, echoed: asked, perPage: Math.trunc(Number(asked)) }
}

/** The rows of a page, and whether Paymenter believes that more follow. It looks one row ahead; a negative size confuses it. */
export function cutPage(rows: readonly AnyRow[], page: Page): { rows: readonly AnyRow[]; hasMore: boolean } {
  const offset = Math.max(0, (page.number - 1) * page.perPage)
  const found = page.perPage + 1 >= 0 ? rows.slice(offset, offset + page.perPage + 1) : rows.slice(offset)
  return { rows: found.slice(0, page.perPage), hasMore: found.length > page.perPage }
}

/** The rows of a list in its order, filtered, without copying more than it must. */
export function selectRows(
  rows: readonly AnyRow[],
  keep: (row: AnyRow) => boolean,
  parameters: Parameters,
): readonly AnyRow[] {
  return parameters.get('filter') instanceof Map ? rows.filter(keep) : rows
}
