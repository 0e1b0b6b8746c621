// What was typed into the search, read: its words as the index knows them, or the number that it asks for.

export type NumberedKind = 'customer' | 'service' | 'invoice' | 'ticket' | 'product'

export interface SearchQuery {
  /** As the word index splits and folds a text. */
  readonly words: readonly string[]
  /** Split at spaces only: for parts of names, addresses and UUIDs. */
  readonly parts: readonly string[]
  /** The number that is asked for, and of what; a null kind: of anything. */
  readonly number: { readonly id: number; readonly kind: NumberedKind | null } | null
}

const mostWords = 8
const numberPattern = /^(?:(customer|service|invoice|ticket|product)s?\s*)?#?\s*([1-9]\d{0,14})$/i

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

export function readQuery(text: string): SearchQuery {
  const plain = folded(text.trim())
  const match = numberPattern.exec(plain)
  return {
    words: (plain.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []).slice(0, mostWords),
    parts: plain.split(/\s+/).filter((part) => part !== '').slice(0, mostWords),
    number: match ? { id: Number(match[2]), kind: (match[1] as NumberedKind | undefined) ?? null } : null,
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** Every word whole, the last one as a beginning. */
export function matchOfWords(words: readonly string[]): string {
  return words.map((word, index) => (index === words.length - 1 ? `${quoted(word)}*` : quoted(word))).join(' AND ')
}

/** For each word any of its alternatives. */
export function matchOfAlternatives(alternatives: readonly (readonly string[])[]): string {
  return alternatives.map((words) => `(${words.map(quoted).join(' OR ')})`).join(' AND ')
}

/** Parts that occur anywhere: those too short for the index of parts are left out; null when none is left. */
export function matchOfParts(parts: readonly string[]): string | null {
  const long = parts.filter((part) => part.length >= 3)
  return long.length === 0 ? null : long.map(quoted).join(' AND ')
}
