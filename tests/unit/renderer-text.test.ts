// Names cut in the middle, CSV that is safe to open, rows that keep their place, the palette's search, lines with gaps, names of customers.
import { describe, expect, test } from 'vitest'
import { compareValues, keepOrder } from '../../renderer/components/table/columns.ts'
import { toCsv } from '../../renderer/lib/csv.ts'
import { customerName } from '../../renderer/lib/customerName.ts'
import { gappedPath } from '../../renderer/lib/gappedPath.ts'
import { splitMiddle } from '../../renderer/lib/middle.ts'
import { findAmong } from '../../renderer/lib/search.ts'

describe('cutting a name in the middle', () => {
  test('leaves a short name in one piece', () => {
    expect(splitMiddle('vps-104-business-vps')).toEqual({ head: 'vps-104-business-vps', tail: '', whole: 'vps-104-business-vps' })
  })

  test('keeps the end of a long one, and both parts make the whole', () => {
    const name = 'a-rather-long-name-of-a-machine-104'
    const { head, tail, whole } = splitMiddle(name)
    expect(tail).toBe('hine-104')
    expect(head + tail).toBe(name)
    expect(whole).toBe(name)
  })

  test('leaves no gap where the cut falls between two words', () => {
    const name = 'Venkata Naga Subrahmanya Private Limited'
    expect(splitMiddle(name)).toEqual({ head: 'Venkata Naga Subrahmanya Private ', tail: 'Limited', whole: name })
  })

  test('never breaks an emoji or an accent apart', () => {
    const { tail } = splitMiddle(`machine of the whole family ${'👩‍👩‍👧‍👦'.repeat(12)}`)
    expect(tail).toBe('👩‍👩‍👧‍👦'.repeat(8))
  })

  test('leaves right-to-left text in one piece', () => {
    const name = 'נועה לוי והבנים שלה בעיר הגדולה'
    expect(splitMiddle(name)).toEqual({ head: name, tail: '', whole: name })
  })

  test('bounds what 10,000 characters put on the screen and says how many there are', () => {
    const { head, tail, whole } = splitMiddle('x'.repeat(10_000))
    expect(head.length + tail.length).toBeLessThan(200)
    expect(whole.length).toBeLessThan(600)
    expect(whole).toMatch(/10.?000 characters/)
  })
})

describe('exporting CSV', () => {
  test('quotes what needs it and leaves nothing out', () => {
    expect(
      toCsv(
        ['name', 'owes'],
        [
          ['Rao, Asha', 12],
          ['says "hi"', null],
          ['two\nlines', 0],
        ],
      ),
    ).toBe('name,owes\r\n"Rao, Asha",12\r\n"says ""hi""",\r\n"two\nlines",0')
  })

  test('disarms texts that a spreadsheet would run, but not numbers', () => {
    expect(toCsv(['a', 'b'], [['=HYPERLINK("http://x")', -5]])).toBe('a,b\r\n"\'=HYPERLINK(""http://x"")",-5')
    expect(toCsv(['a'], [['@SUM(1)'], ['+1'], ['-1']])).toBe("a\r\n'@SUM(1)\r\n'+1\r\n'-1")
  })
})

describe('ordering rows', () => {
  test('sorts numbers inside names as people do', () => {
    expect(['vps-10', 'vps-9', 'VPS-1'].toSorted(compareValues)).toEqual(['VPS-1', 'vps-9', 'vps-10'])
    expect([10, 9, -1].toSorted(compareValues)).toEqual([-1, 9, 10])
  })

  test('keeps known rows where they were while the pointer is among them, and puts new ones behind', () => {
    const order = new Map([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ])
    expect(keepOrder(['new', 'c', 'a', 'b'], (row) => row, order)).toEqual(['a', 'b', 'c', 'new'])
    expect(keepOrder(['c', 'a'], (row) => row, order)).toEqual(['a', 'c'])
  })
})

describe('searching in the palette', () => {
  const entries = [
    { id: '1', title: 'monitoring', words: 'blr-1 10.20.0.14' },
    { id: '2', title: 'Meera Iyer', words: 'meera@mail.example 17' },
    { id: '3', title: 'vps-14-starter-vps', words: 'blr-2 Meera Iyer 10.20.0.99' },
  ]

  test('finds by address, e-mail and customer', () => {
    expect(findAmong(entries, '10.20.0.14', 5).map((entry) => entry.id)).toEqual(['1'])
    expect(findAmong(entries, 'meera@mail', 5).map((entry) => entry.id)).toEqual(['2'])
  })

  test('puts what is named so before what is only related', () => {
    expect(findAmong(entries, 'meera', 5).map((entry) => entry.id)).toEqual(['2', '3'])
  })

  test('wants every word, finds nothing for nothing, and stops at its limit', () => {
    expect(findAmong(entries, 'meera blr-2', 5).map((entry) => entry.id)).toEqual(['3'])
    expect(findAmong(entries, '  ', 5)).toEqual([])
    expect(findAmong(entries, '0', 1)).toHaveLength(1)
  })
})

describe('a line through values', () => {
  const place = (value: number): number => value

  test('has a gap where a value is missing', () => {
    expect(gappedPath([1, 2, null, 4, 5], place, place)).toBe('M0.0 1.0L1.0 2.0M3.0 4.0L4.0 5.0')
  })

  test('begins with its first known value, and is none where nothing is known', () => {
    expect(gappedPath([null, 3], place, place)).toBe('M1.0 3.0')
    expect(gappedPath([null, null], place, place)).toBe('')
  })
})

test('a customer without a name is called by his address', () => {
  expect(customerName({ firstName: 'Ada', lastName: null, email: 'ada@example.com' })).toBe('Ada')
  expect(customerName({ firstName: null, lastName: '', email: 'ada@example.com' })).toBe('ada@example.com')
})
