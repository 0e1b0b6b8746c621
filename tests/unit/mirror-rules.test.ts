// The small rules of the mirror: what a list left out, how large pages are, and what a payment renews.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Omissions } from '../../electron/worker/billing/omissions.ts'
import { nextPageSize } from '../../electron/worker/billing/pageSize.ts'
import type { Day } from '../../shared/domain/calendar.ts'
import { isSyncFailed, syncJson } from '../../electron/worker/cli/syncJson.ts'
import { renewedFrom, renewedUntil } from '../../shared/domain/renewal.ts'

const day = (text: string): Day => text as Day
const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }).map((numbers) => numbers.sort((a, b) => a - b))

test('what a list left out is what was known and not met, however the list is cut into pages', () => {
  fc.assert(
    fc.property(ids, ids, fc.integer({ min: 1, max: 9 }), (known, listed, perPage) => {
      const omissions = new Omissions(known)
      for (let from = 0; from < listed.length; from += perPage) omissions.page(listed.slice(from, from + perPage).map((id) => ({ id })))
      expect(omissions.all()).toEqual(known.filter((id) => !listed.includes(id)))
    }),
  )
})

test('a list that was interrupted and goes on a page earlier leaves out the same', () => {
  fc.assert(
    fc.property(ids, ids, fc.integer({ min: 1, max: 9 }), fc.nat(10), (known, listed, perPage, cut) => {
      const pages: { id: number }[][] = []
      for (let from = 0; from < listed.length; from += perPage) pages.push(listed.slice(from, from + perPage).map((id) => ({ id })))
      const before = new Omissions(known)
      const read = Math.min(cut, pages.length)
      for (const page of pages.slice(0, read)) before.page(page)
      const last = pages[read - 1]?.at(-1)?.id ?? 0
      const after = new Omissions(known, last, before.soFar())
      for (const page of pages.slice(Math.max(0, read - 1))) after.page(page)
      expect(after.all()).toEqual(known.filter((id) => !listed.includes(id)))
    }),
  )
})

const pass = { kind: 'full', tooHeavy: false, complete: true, slowestPageMs: null } as const

test.each([
  ['stays as it is without a full page', 500, pass, 500],
  ['grows where a full page takes no time', 500, { ...pass, slowestPageMs: 200 }, 1_000],
  ['grows to 2,000 rows at most', 2_000, { ...pass, slowestPageMs: 10 }, 2_000],
  ['stays where it takes a while', 500, { ...pass, slowestPageMs: 900 }, 500],
  ['shrinks where it takes long', 500, { ...pass, slowestPageMs: 9_000 }, 250],
  ['is halved after one that was too much', 500, { ...pass, complete: false, tooHeavy: true }, 250],
  ['is never below 50', 60, { ...pass, complete: false, tooHeavy: true }, 50],
  ['comes back to the usual one when all went well', 125, pass, 250],
  ['does not change by what is new alone', 500, { ...pass, kind: 'incremental', slowestPageMs: 10 }, 500],
  ['does not grow after a pass that was not complete', 500, { ...pass, complete: false, slowestPageMs: 10 }, 500],
] as const)('a page %s', (_name, perPage, outcome, expected) => {
  expect(nextPageSize(perPage, outcome)).toBe(expected)
})

test('an active service is renewed from its expiry, any other from today', () => {
  const today = day('2026-11-22')
  expect(renewedFrom({ status: 'active', expiresOn: day('2026-12-07') }, today)).toBe('2026-12-07')
  expect(renewedFrom({ status: 'active', expiresOn: null }, today)).toBe('2026-11-22')
  for (const status of ['suspended', 'pending', 'cancelled']) expect(renewedFrom({ status, expiresOn: day('2026-10-07') }, today)).toBe('2026-11-22')
})

test.each([
  ['2026-12-07', 1, 'month', '2027-01-07'],
  ['2026-01-31', 1, 'month', '2026-03-03'],
  ['2026-12-07', 3, 'month', '2027-03-07'],
  ['2024-02-29', 1, 'year', '2025-03-01'],
  ['2026-12-07', 2, 'week', '2026-12-21'],
  ['2026-12-07', 10, 'day', '2026-12-17'],
  ['2026-12-07', 36, 'hour', '2026-12-08'],
] as const)('from %s, %i %s more is until %s', (from, count, unit, until) => {
  expect(renewedUntil(day(from), { count, unit })).toBe(until)
})

const synced: Parameters<typeof syncJson>[0] = { kind: 'full', errors: [], requests: 8, rows: { invoices: 3 }, changed: 3, gone: 0, seconds: 1, missing: [] }

test('a row that cannot be read is told and is no failed sync; a list that was not read to its end is one', () => {
  const unreadable = { resource: 'invoices', code: 'billing.unreadable-row', message: 'In invoices, row 2: it has no type.' }
  const short = { resource: 'invoices', code: 'billing.list-short', message: 'The list of invoices had 2 rows.' }
  expect(isSyncFailed({ ...synced, errors: [] })).toBe(false)
  expect(isSyncFailed({ ...synced, errors: [unreadable] })).toBe(false)
  expect(isSyncFailed({ ...synced, errors: [unreadable, short] })).toBe(true)
  expect(Object.keys(syncJson({ ...synced, errors: [unreadable] })).sort()).toEqual(['changed', 'errors', 'gone', 'kind', 'requests', 'rows', 'seconds'])
})
