// The search: numbers first, then what the indexes know, then customers whose name was nearly typed, and what belongs to the customers found.
import { SearchIndex, type BelongingTo, type FoundBy, type SearchHit, type ShownKind } from '../../../db/repositories/searchIndex.ts'
import { nearWords } from '../../../shared/domain/nearWords.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { matchOfAlternatives, matchOfParts, matchOfWords, readQuery, type SearchQuery } from './query.ts'

const usualLimit = 6
/** Of how many customers found everything else is shown, too. */
const customersFollowed = 3
/** Several items of one invoice may fit, several messages of one ticket. */
const partsForEach = 4
const nearWordsForEach = 8
const numbered: readonly ShownKind[] = ['invoice', 'service', 'ticket', 'customer', 'product']

export class Search {
  readonly #index: SearchIndex

  constructor(context: Pick<Context, 'db'>) {
    this.#index = new SearchIndex(context.db)
  }

  /** At most `limit` hits of a kind, the best first. */
  find(text: string, limit = usualLimit): SearchHit[] {
    const query = readQuery(text)
    if (query.parts.length === 0) return []
    const byNumber = this.#byNumber(query)
    if (query.number?.kind != null) return byNumber
    const { words } = query
    const match = matchOfWords(words)
    const index = this.#index
    const byMatch = (by: FoundBy, most: number): number[] => (words.length === 0 ? [] : index.find(by, match, most))
    const exact = byMatch('customers', limit)
    const products = byMatch('products', limit)
    const services = byMatch('services', limit)
    const invoices = byMatch('items', limit * partsForEach)
    const tickets = [...new Set([...byMatch('tickets', limit), ...byMatch('messages', limit * partsForEach)])]
    const machines = this.#machines(query, limit)
    // Only what leads nowhere as it was typed is taken for mistyped.
    const isUnknown = [byNumber, exact, products, services, invoices, tickets, machines].every((found) => found.length === 0)
    const near = isUnknown ? this.#nearCustomers(words, limit) : []
    // A number is not somebody's name: what belongs to a customer found by digits in an address is not meant.
    const followed = query.number === null ? [...exact, ...near].slice(0, customersFollowed) : []
    const andOwn = (found: readonly number[], what: BelongingTo): number[] => [...new Set([...found, ...index.belonging(what, followed, limit)])]
    return firstOfEach(
      [
        ...byNumber,
        ...index.show('machine', andOwn(machines, 'machines')),
        ...index.show('customer', exact),
        ...index.show('customer', near, true),
        ...index.show('service', andOwn(services, 'services').slice(0, limit)),
        ...index.show('invoice', andOwn(invoices, 'unpaid').slice(0, limit)),
        ...index.show('ticket', andOwn(tickets, 'tickets').slice(0, limit)),
        ...index.show('product', products),
      ],
      limit,
    )
  }

  #byNumber({ number }: SearchQuery): SearchHit[] {
    if (number === null) return []
    const kinds = number.kind === null ? numbered : numbered.filter((kind) => kind === number.kind)
    return kinds.flatMap((kind) => this.#index.show(kind, [number.id]))
  }

  #machines({ parts }: SearchQuery, limit: number): number[] {
    const match = matchOfParts(parts)
    if (match !== null) return this.#index.find('machines', match, limit)
    const [only] = parts
    return only === undefined ? [] : this.#index.machinesNamed(only, limit)
  }

  /** Customers whose words are all met, the mistyped ones by their nearest. */
  #nearCustomers(words: readonly string[], limit: number): number[] {
    if (words.length === 0 || words.some((word) => /^\p{N}+$/u.test(word))) return []
    const terms = this.#index.customerTerms()
    const known = new Set(terms)
    const alternatives = words.map((word, index) => {
      const isLast = index === words.length - 1
      const own = known.has(word) ? [word] : isLast ? terms.filter((term) => term.startsWith(word)).slice(0, nearWordsForEach) : []
      return own.length > 0 ? own : nearWords(word, terms, isLast, nearWordsForEach).map((near) => near.word)
    })
    if (alternatives.some((found) => found.length === 0)) return []
    return this.#index.find('customers', matchOfAlternatives(alternatives), limit)
  }
}

/** The first `limit` hits of each kind; each thing once. */
function firstOfEach(hits: readonly SearchHit[], limit: number): SearchHit[] {
  const counts = new Map<string, number>()
  const seen = new Set<string>()
  return hits.filter((hit) => {
    const key = `${hit.kind}/${hit.id ?? ''}/${hit.nodeId ?? ''}/${hit.uuid ?? ''}`
    const count = counts.get(hit.kind) ?? 0
    if (seen.has(key) || count >= limit) return false
    seen.add(key)
    counts.set(hit.kind, count + 1)
    return true
  })
}

export function searchHandlers(search: Search): Pick<Handlers, 'search.find'> {
  return { 'search.find': ({ text, limit }) => ({ hits: search.find(text, limit) }) }
}
