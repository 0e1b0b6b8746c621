// The overview's revenue: which months it compares.
import { expect, test } from 'vitest'
import { monthToBeginWith, revenueMonths } from '../../renderer/lib/revenueMonths.ts'

const mrr = (period: string, currency: string, closingMinor: number) => ({ period, from: `${period}-01`, currency, closingMinor })
const cash = (period: string, currency: string, collectedMinor: number) => ({ period, currency, collectedMinor })

test('the newest month stands beside the one before it, each with its own cash', () => {
  const rows = [mrr('2026-09', 'INR', 1), mrr('2026-10', 'INR', 200), mrr('2026-10', 'USD', 7), mrr('2026-11', 'INR', 300), mrr('2026-11', 'USD', 8)]
  expect(revenueMonths(rows, [cash('2026-11', 'USD', 9), cash('2026-10', 'INR', 150), cash('2026-11', 'INR', 40)], 'INR')).toEqual({
    now: { from: '2026-11-01', recurringMinor: 300, collectedMinor: 40 },
    before: { from: '2026-10-01', recurringMinor: 200, collectedMinor: 150 },
    recurringMinor: [1, 200, 300],
  })
})

test('a shop’s first month is compared with none, and no month at all is nothing', () => {
  expect(revenueMonths([mrr('2026-11', 'INR', 300)], [], 'INR')).toEqual({ now: { from: '2026-11-01', recurringMinor: 300, collectedMinor: null }, before: null, recurringMinor: [300] })
  expect(revenueMonths([mrr('2026-11', 'INR', 300)], [], 'EUR')).toBeNull()
})

test('a year is asked for, across its end too', () => {
  expect(monthToBeginWith(new Date(2026, 10, 23).getTime())).toBe('2025-11')
  expect(monthToBeginWith(new Date(2027, 0, 1).getTime())).toBe('2026-01')
})
