// The filter language of every table: words, quoted words, keys, negation.
import { describe, expect, test } from 'vitest'
import { filterRows, fold, parseFilter } from '../../renderer/lib/filter.ts'
import type { FilterFields } from '../../renderer/lib/filter.ts'

interface Row {
  readonly name: string
  readonly node: string
  readonly customer: string | null
}

const rows: readonly Row[] = [
  { name: 'vps-104-business-vps', node: 'blr-1', customer: 'Zoë Müller' },
  { name: 'vps-117-starter-vps', node: 'blr-2', customer: 'Meera Iyer' },
  { name: 'build-runner', node: 'blr-1', customer: null },
  { name: '<script>alert(1)</script>', node: 'hyd-1', customer: 'Robert "; drop' },
]
const fields: FilterFields<Row> = {
  words: (row) => [row.name, row.node, row.customer],
  keys: { node: (row) => row.node, customer: (row) => row.customer },
}

function names(filter: string): string[] {
  return filterRows(rows, filter, fields, new WeakMap()).map((row) => row.name)
}

describe('filtering a table', () => {
  test('an empty filter leaves every row, as the same array', () => {
    expect(filterRows(rows, '   ', fields, new WeakMap())).toBe(rows)
  })

  test('every word must occur, in any order and in any column', () => {
    expect(names('business blr-1')).toEqual(['vps-104-business-vps'])
    expect(names('business blr-2')).toEqual([])
  })

  test('accents and case do not matter', () => {
    expect(names('zoe MULLER')).toEqual(['vps-104-business-vps'])
    expect(fold('Zoë MÜLLER')).toBe('zoe muller')
  })

  test('a key looks at its own column only', () => {
    expect(names('node:blr-1')).toEqual(['vps-104-business-vps', 'build-runner'])
    expect(names('customer:blr')).toEqual([])
  })

  test('quoted words keep their blanks, with and without a key', () => {
    expect(names('customer:"meera iyer"')).toEqual(['vps-117-starter-vps'])
    expect(names('"meera i"')).toEqual(['vps-117-starter-vps'])
  })

  test('a quote that is not closed yet filters by what is there', () => {
    expect(names('customer:"meera')).toEqual(['vps-117-starter-vps'])
  })

  test('a minus turns a word or a key around', () => {
    expect(names('-vps')).toEqual(['build-runner', '<script>alert(1)</script>'])
    expect(names('-node:blr-1 -script')).toEqual(['vps-117-starter-vps'])
  })

  test('what is missing is found as none', () => {
    expect(names('customer:none')).toEqual(['build-runner'])
    expect(names('-customer:none node:blr-1')).toEqual(['vps-104-business-vps'])
  })

  test('a key that is being typed hides nothing', () => {
    expect(names('node:')).toHaveLength(rows.length)
    expect(names('-')).toHaveLength(rows.length)
  })

  test('a key that the table does not know is a word like any other', () => {
    expect(parseFilter('10:20 node:a', ['node'])).toEqual([
      { key: null, value: '10:20', negated: false },
      { key: 'node', value: 'a', negated: false },
    ])
    expect(names('colour:red')).toEqual([])
  })

  test('markup in names is only text to find', () => {
    expect(names('<script>')).toEqual(['<script>alert(1)</script>'])
  })

  test('10,000 rows are filtered within a frame or two once their words are known', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      name: `vps-${String(index)}`,
      node: `n-${String(index % 7)}`,
      customer: 'Zoë Müller',
    }))
    const kept = new WeakMap<Row, string>()
    filterRows(many, 'vps', fields, kept)
    const start = performance.now()
    const found = filterRows(many, 'zoe vps-999', fields, kept)
    expect(found).toHaveLength(11)
    expect(performance.now() - start).toBeLessThan(250)
  })
})
