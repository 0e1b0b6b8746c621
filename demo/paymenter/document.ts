// Builds the JSON:API documents: resource objects, what is included with them, links that lose their query, and counters.
import type { PaymenterDatabase } from './database.ts'
import type { TimeZone } from './dates.ts'
import type { IncludeTree, Page } from './query.ts'
import type { Attributes, Relation, Resource } from './resources.ts'
import type { AnyRow, ColumnValue } from './rows.ts'

interface Identifier {
  type: string
  id: string
}

interface ResourceObject {
  id: string
  type: string
  attributes: Attributes
  relationships?: Record<string, { data: Identifier | Identifier[] | null }>
  meta?: Record<string, unknown>
}

export interface Document {
  data: ResourceObject | ResourceObject[]
  links?: Record<string, string>
  meta?: Record<string, ColumnValue>
  included?: ResourceObject[]
}

/** Writes rows as resource objects; one writer for one answer, so that nothing is included twice. */
class Writer {
  readonly included: ResourceObject[] = []
  readonly #seen = new Set<string>()
  readonly #database: PaymenterDatabase
  readonly #zone: TimeZone

  constructor(database: PaymenterDatabase, zone: TimeZone) {
    this.#database = database
    this.#zone = zone
  }

  write(resource: Resource<AnyRow>, row: AnyRow, tree: IncludeTree): ResourceObject {
    const object: ResourceObject = { id: String(row.id), type: resource.type, attributes: resource.attributes(row, this.#zone) }
    const relationships = resource.relations.flatMap((relation) => {
      if (!tree.has(relation.name)) return []
      const identifiers = this.#load(relation, row).map((other) => ({ type: relation.target().type, id: String(other.id) }))
      return [[relation.name, { data: relation.kind === 'many' ? identifiers : (identifiers[0] ?? null) }] as const]
    })
    if (relationships.length > 0) object.relationships = Object.fromEntries(relationships)
    if (resource.meta && tree.has('properties')) object.meta = resource.meta(row, this.#database)
    return object
  }

  /** First what a row includes itself, then what those include in their turn. */
  include(resource: Resource<AnyRow>, row: AnyRow, tree: IncludeTree): void {
    const below: [Resource<AnyRow>, AnyRow, IncludeTree][] = []
    for (const relation of resource.relations) {
      const branch = tree.get(relation.name)
      if (!branch) continue
      const target = relation.target()
      for (const other of this.#load(relation, row)) {
        const name = `${target.type}/${other.id}`
        if (this.#seen.has(name)) continue
        this.#seen.add(name)
        this.included.push(this.write(target, other, branch))
        if (branch.size > 0) below.push([target, other, branch])
      }
    }
    for (const [target, other, branch] of below) this.include(target, other, branch)
  }

  #load(relation: Relation<AnyRow>, row: AnyRow): AnyRow[] {
    return relation.load(row, this.#database).filter((other) => other !== undefined)
  }
}

export interface DocumentContext {
  database: PaymenterDatabase
  zone: TimeZone
}

/** One row; `echo` takes the place of attributes that the database would give back in its own form. */
export function rowDocument(
  context: DocumentContext,
  resource: Resource<AnyRow>,
  row: AnyRow,
  tree: IncludeTree,
  echo: Attributes = {},
): Document {
  const writer = new Writer(context.database, context.zone)
  const data = writer.write(resource, row, tree)
  for (const [name, value] of Object.entries(echo)) if (name in data.attributes) data.attributes[name] = value
  writer.include(resource, row, tree)
  return { data, ...(writer.included.length > 0 ? { included: writer.included } : {}) }
}

/** A page of rows. `address` is the list's own address without a query, and so are its links. */
export function listDocument(
  context: DocumentContext,
  resource: Resource<AnyRow>,
  rows: readonly AnyRow[],
  tree: IncludeTree,
  page: Page,
  hasMore: boolean,
  address: string,
): Document {
  const writer = new Writer(context.database, context.zone)
  const data = rows.map((row) => writer.write(resource, row, tree))
  for (const row of rows) writer.include(resource, row, tree)
  const link = (number: number): string => `${address}?page=${number}`
  const first = (page.number - 1) * page.perPage + 1
  return {
    data,
    links: {
      first: link(1),
      ...(page.number > 1 ? { prev: link(page.number - 1) } : {}),
      ...(hasMore ? { next: link(page.number + 1) } : {}),
    },
    meta: {
      current_page: page.number,
      current_page_url: link(page.number),
      from: rows.length > 0 ? first : null,
      path: address,
      per_page: page.echoed,
      to: rows.length > 0 ? first + rows.length - 1 : null,
    },
    ...(writer.included.length > 0 ? { included: writer.included } : {}),
  }
}
