// Words that were meant: how far a slip may go, and that the shortcut agrees with the plain definition for any two words.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowedSlips, nearWords, slips } from '../../shared/domain/nearWords.ts'

/** The distance by its definition, with nothing bounded: the whole table. */
function plainDistance(a: readonly string[], b: readonly string[]): number[] {
  const table = Array.from({ length: a.length + 1 }, (_, row) => Array.from({ length: b.length + 1 }, (_unused, column) => (row === 0 ? column : column === 0 ? row : 0)))
  const at = (row: number, column: number): number => table[row]?.[column] ?? Number.NaN
  for (let row = 1; row <= a.length; row += 1) {
    for (let column = 1; column <= b.length; column += 1) {
      const ways = [at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)]
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) ways.push(at(row - 2, column - 2) + 1)
      const line = table[row]
      if (line) line[column] = Math.min(...ways)
    }
  }
  return table[a.length] ?? []
}

describe('a mistyped word', () => {
  test.each([
    ['pryia', 'priya', 1],
    ['priy', 'priya', 1],
    ['priiya', 'priya', 1],
    ['oriya', 'priya', 1],
    ['venkatesh', 'wenkatesch', 2],
    ['zoe', 'zoë', 1],
    ['李明', '李民', 1],
  ])('%s is %s with %i slips', (typed, word, expected) => {
    expect(slips(typed, word, 2, false)).toBe(expected)
  })

  test('is not taken for a word that is too far away', () => {
    expect(slips('priya', 'robert', 2, false)).toBeNull()
    expect(slips('ab', 'abcdefgh', 2, false)).toBeNull()
  })

  test('may still be on its way: the beginning of a longer word is enough', () => {
    expect(slips('jonh', 'johnson', 1, true)).toBe(1)
    expect(slips('jonh', 'johnson', 1, false)).toBeNull()
  })

  test('is not guessed at while it is shorter than three letters', () => {
    expect([0, 1, 2, 3, 5, 6, 20].map(allowedSlips)).toEqual([0, 0, 0, 1, 1, 2, 2])
    expect(nearWords('pr', ['priya', 'po'], true, 5)).toEqual([])
  })

  test('gets the nearest words first, and no more than asked for', () => {
    expect(nearWords('mereaa', ['robert', 'meera', 'merea', 'meereaa'], false, 2)).toEqual([
      { word: 'merea', slips: 1 },
      { word: 'meereaa', slips: 1 },
    ])
  })
})

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), maxLength: 9 })

test('for any two words the bounded distance is the plain one, or none where that is beyond the bound', () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 3 }), fc.boolean(), (typed, meant, most, isBeginning) => {
      const last = plainDistance(Array.from(typed), Array.from(meant))
      const plain = isBeginning ? Math.min(...last) : (last.at(-1) ?? 0)
      expect(slips(typed, meant, most, isBeginning)).toBe(plain > most ? null : plain)
    }),
    { numRuns: 2_000 },
  )
})
