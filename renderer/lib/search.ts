// Finding things by any of their words: the palette's search, pure.
import { fold } from './filter.ts'

export interface Findable {
  readonly id: string
  /** What is shown first, and weighs most. */
  readonly title: string
  /** Everything else it can be found by. */
  readonly words: string
}

/**
 * The best `limit` entries in which every word of the query occurs: those whose title starts with the query first, then those with it in
 * the title, then the rest, each in the order given.
 */
export function findAmong<T extends Findable>(entries: readonly T[], query: string, limit: number): readonly T[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '')
  const [first = ''] = words
  if (first === '') return []
  const ranks: [T[], T[], T[]] = [[], [], []]
  for (const entry of entries) {
    const title = fold(entry.title)
    const hay = `${title}\n${fold(entry.words)}`
    if (!words.every((word) => hay.includes(word))) continue
    const rank = title.startsWith(first) ? 0 : words.every((word) => title.includes(word)) ? 1 : 2
    if (ranks[rank].length < limit) ranks[rank].push(entry)
  }
  return ranks.flat().slice(0, limit)
}
