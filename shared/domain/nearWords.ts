// Words that were meant, for a word that was mistyped: a bounded edit distance in which two letters changed over count once. Pure.

/** How many slips a word of this length may have: none below three letters, one up to five, two beyond. */
export function allowedSlips(length: number): number {
  if (length < 3) return 0
  return length <= 5 ? 1 : 2
}

const longest = 64
/** Three lines of the table, used again: the search goes through thousands of words. */
const lines: readonly [Uint16Array, Uint16Array, Uint16Array] = [new Uint16Array(longest), new Uint16Array(longest), new Uint16Array(longest)]

/**
 * The fewest slips (a letter wrong, missing, too many, or two changed over) that turn `typed` into `word`, or into a beginning of it where
 * `isBeginning`: somebody is still typing. Null when there are more than `most`, and for words of 64 letters and more.
 */
export function slips(typed: string, word: string, most: number, isBeginning: boolean): number | null {
  const rows = typed.length
  const columns = isBeginning ? Math.min(word.length, rows + most) : word.length
  if (rows - columns > most || columns - rows > most || rows >= longest || columns >= longest) return null
  let [beforeLast, last, current] = lines
  for (let column = 0; column <= columns; column += 1) last[column] = column
  for (let row = 1; row <= rows; row += 1) {
    current[0] = row
    let least = row
    const letter = typed.charCodeAt(row - 1)
    const letterBefore = row > 1 ? typed.charCodeAt(row - 2) : -1
    for (let column = 1; column <= columns; column += 1) {
      const meant = word.charCodeAt(column - 1)
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (letter === meant ? 0 : 1))
      if (column > 1 && letterBefore === meant && letter === word.charCodeAt(column - 2)) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      current[column] = cost
      if (cost < least) least = cost
    }
    if (least > most) return null
    ;[beforeLast, last, current] = [last, current, beforeLast]
  }
  let found = last[columns] ?? 0
  if (isBeginning) for (let column = 0; column < columns; column += 1) found = Math.min(found, last[column] ?? 0)
  return found > most ? null : found
}

export interface NearWord {
  readonly word: string
  readonly slips: number
}

/** The `limit` nearest of `words`, the nearest first, then the shorter, then by letters. */
export function nearWords(typed: string, words: Iterable<string>, isBeginning: boolean, limit: number): NearWord[] {
  const most = allowedSlips(typed.length)
  if (most === 0) return []
  const found: NearWord[] = []
  for (const word of words) {
    const distance = slips(typed, word, most, isBeginning)
    if (distance !== null) found.push({ word, slips: distance })
  }
  return found.sort((a, b) => a.slips - b.slips || a.word.length - b.word.length || (a.word < b.word ? -1 : 1)).slice(0, limit)
}
