// Amounts, sizes, ages and days as the screens show them.
import { describe, expect, test } from 'vitest'
import { formatMoney, formatMoneyShort, formatSums, sumByCurrency } from '../../renderer/lib/formatMoney.ts'
import { count, formatBytes, formatMemory, formatOf, formatPercent, sizeParts } from '../../renderer/lib/formatSize.ts'
import { formatAge, formatDay, formatDuration, formatInstant } from '../../renderer/lib/formatTime.ts'

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '')

describe('amounts', () => {
  test('have the decimals of their currency', () => {
    expect(digitsOf(formatMoney({ amountMinor: 199_900, currency: 'INR' }))).toBe('199900')
    expect(digitsOf(formatMoney({ amountMinor: 500, currency: 'JPY' }))).toBe('500')
    expect(digitsOf(formatMoney({ amountMinor: 1_234_567, currency: 'KWD' }))).toBe('1234567')
  })

  test('lose their fraction in short form only where it is nothing', () => {
    expect(digitsOf(formatMoneyShort({ amountMinor: 49_900, currency: 'INR' }))).toBe('499')
    expect(digitsOf(formatMoneyShort({ amountMinor: 49_950, currency: 'INR' }))).toBe('49950')
  })

  test('lose no digit however large they are', () => {
    expect(digitsOf(formatMoney({ amountMinor: 9_007_199_254_740_991, currency: 'USD' }))).toBe('9007199254740991')
  })

  test('with a code that is no currency stand as they are', () => {
    expect(formatMoney({ amountMinor: 12_345, currency: 'R$' })).toBe('123.45 R$')
  })

  test('of different currencies are never added', () => {
    const sums = sumByCurrency([
      { amountMinor: 100, currency: 'USD' },
      { amountMinor: 49_900, currency: 'INR' },
      { amountMinor: 250, currency: 'USD' },
    ])
    expect(sums).toEqual([
      { amountMinor: 49_900, currency: 'INR' },
      { amountMinor: 350, currency: 'USD' },
    ])
    expect(formatSums([], 'nothing')).toBe('nothing')
  })
})

describe('sizes', () => {
  test('grow their unit by 1024', () => {
    expect(formatMemory(8 * 1024 * 1024)).toBe('8 GB')
    expect(formatMemory(512 * 1024)).toBe('512 MB')
    expect(formatBytes(0)).toBe('0 B')
    expect(formatBytes(1.5 * 1024 ** 4)).toBe('1.5 TB')
  })

  test('say how much of how much in one unit', () => {
    expect(formatOf(12 * 1024 ** 3, 64 * 1024 ** 3)).toBe('12 of 64 GB')
    expect(formatOf(0.5 * 1024 ** 4, 2 * 1024 ** 4)).toBe('0.5 of 2 TB')
  })

  test('that are none are a dash', () => {
    expect(sizeParts(Number.NaN)).toEqual({ value: '–', unit: '' })
    expect(formatBytes(-1)).toBe('–')
  })

  test('counts agree with their noun', () => {
    expect(count(1, 'VM')).toBe('1 VM')
    expect(count(2, 'VM')).toBe('2 VMs')
    expect(count(0, 'entry', 'entries')).toBe('0 entries')
  })

  test('shares keep a digit while they are small', () => {
    expect(formatPercent(0.34)).toBe('0.3 %')
    expect(formatPercent(38.4)).toBe('38 %')
  })
})

describe('time', () => {
  const now = new Date(2026, 10, 23, 14, 10, 0).getTime()

  test('ages are short, and a clock that is a little ahead reads as now', () => {
    expect(formatAge(now - 14_000, now)).toBe('14 s ago')
    expect(formatAge(now - 120_000, now)).toBe('2 min ago')
    expect(formatAge(now - 3 * 3_600_000, now)).toBe('3 h ago')
    expect(formatAge(now - 72 * 3_600_000, now)).toBe('3 days ago')
    expect(formatAge(now + 5_000, now)).toBe('just now')
  })

  test('an instant is a time today, a day and time this year, a date before', () => {
    expect(formatInstant(new Date(2026, 10, 23, 9, 5).getTime(), now)).toBe('09:05')
    expect(formatInstant(new Date(2026, 10, 17, 9, 5).getTime(), now)).toBe('17 Nov 09:05')
    expect(formatInstant(new Date(2025, 10, 17, 9, 5).getTime(), now)).toBe('17 Nov 2025')
  })

  test('a plain day is that day in every zone, with its year unless it is this one', () => {
    expect(formatDay('2026-11-17', now)).toBe('17 Nov')
    expect(formatDay('2027-03-01', now)).toBe('1 Mar 2027')
    expect(formatDay('soon', now)).toBe('soon')
  })

  test('durations use the two units that matter', () => {
    expect(formatDuration(8_000)).toBe('8 s')
    expect(formatDuration(98_000)).toBe('1 min 38 s')
    expect(formatDuration(2 * 3_600_000 + 300_000)).toBe('2 h 5 min')
    expect(formatDuration(4 * 86_400_000)).toBe('4 days')
    expect(formatDuration(-5)).toBe('0 s')
  })
})
