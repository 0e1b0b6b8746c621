// Identities that hold for any shop: movements add up, parts sum to the whole, periods split and join without a remainder.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeId, ServiceId } from '../../shared/domain/ids.ts'
import { asId } from '../../shared/domain/ids.ts'
import { cashRows } from '../../shared/domain/revenue/cash.ts'
import { churnRows } from '../../shared/domain/revenue/churn.ts'
import { cohortRows } from '../../shared/domain/revenue/cohorts.ts'
import { convertLedger } from '../../shared/domain/revenue/convert.ts'
import { customerRows, nodeRows, planRows } from '../../shared/domain/revenue/earned.ts'
import { monthOfDay } from '../../shared/domain/revenue/epochDay.ts'
import { invoiceTotalMinor } from '../../shared/domain/revenue/facts.ts'
import { forecastRows } from '../../shared/domain/revenue/forecast.ts'
import { buildLedger } from '../../shared/domain/revenue/ledger.ts'
import { movementsOf, mrrRows, standingsAt } from '../../shared/domain/revenue/movements.ts'
import { periodsBetween } from '../../shared/domain/revenue/periods.ts'
import { debtorRows, owedAt, receivablesRows } from '../../shared/domain/revenue/receivables.ts'
import { anyFacts, firstDay, today } from './revenueArbitrary.ts'

const from = monthOfDay(firstDay)
const to = monthOfDay(today)
const months = periodsBetween(from, to, 'month', 1)
const add = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)
const runs = { numRuns: 150 }

describe('for any shop', () => {
  it('opening and movements make the closing, and each closing is the next opening', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const ledger = buildLedger(facts)
        for (const currency of ledger.currencies) {
          const rows = mrrRows(ledger, currency, movementsOf(ledger.timelines, currency), months)
          for (const [index, row] of rows.entries()) {
            expect(
              row.openingMinor + row.newMinor + row.reactivationMinor + row.expansionMinor + row.contractionMinor + row.churnMinor,
            ).toBe(row.closingMinor)
            if (index > 0) expect(row.openingMinor).toBe(rows[index - 1]?.closingMinor)
          }
        }
      }),
      runs,
    )
  })

  it('the closing is the sum of what stands service by service on that day, and so are plans, nodes and customers', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(months.length - 1), (facts, at) => {
        const ledger = buildLedger(facts)
        const period = months[at] ?? { from: firstDay, to: today }
        const links = new Map([1, 2, 3].map((id) => [asId<ServiceId>(id), { nodeId: asId<NodeId>('n1'), memoryKiB: 1024 }]))
        const nodes = [{ id: asId<NodeId>('n1'), name: 'n1', memoryKiB: 4096, cost: null }]
        for (const currency of ledger.currencies) {
          const movements = movementsOf(ledger.timelines, currency)
          const closing = mrrRows(ledger, currency, movements, months)[at]
          const standings = standingsAt(ledger.timelines, currency, period.to)
          expect(add(standings.map(({ state }) => state.monthlyMinor))).toBe(closing?.closingMinor)
          expect(standings.length).toBe(closing?.services)
          expect(add(planRows(ledger, currency, movements, period).map((row) => row.mrrMinor))).toBe(closing?.closingMinor)
          expect(add(planRows(ledger, currency, movements, period).map((row) => row.newMinor))).toBe(
            (closing?.newMinor ?? 0) + (closing?.reactivationMinor ?? 0),
          )
          expect(add(planRows(ledger, currency, movements, period).map((row) => row.churnMinor))).toBe(closing?.churnMinor)
          expect(add(nodeRows(ledger, currency, period.to, links, nodes).map((row) => row.mrrMinor))).toBe(closing?.closingMinor)
          expect(add(customerRows(ledger, currency, period).map((row) => row.mrrMinor))).toBe(closing?.closingMinor)
          expect(churnRows(ledger, currency, movements, months).map((row) => row.churnVoluntaryMinor + row.churnInvoluntaryMinor)[at]).toBe(
            closing?.churnMinor,
          )
        }
      }),
      runs,
    )
  })

  it('a period split into months and added is the whole', () => {
    fc.assert(
      fc.property(
        anyFacts,
        fc.constantFrom('quarter' as const, 'year' as const),
        fc.integer({ min: 1, max: 12 }),
        (facts, every, firstMonth) => {
          const ledger = buildLedger(facts)
          for (const currency of ledger.currencies) {
            const movements = movementsOf(ledger.timelines, currency)
            const wholes = periodsBetween(from, to, every, firstMonth)
            const parts = periodsBetween(monthOfDay(wholes[0]?.from ?? 0), monthOfDay(wholes.at(-1)?.to ?? 0), 'month', 1)
            const wholeRows = mrrRows(ledger, currency, movements, wholes)
            const partRows = mrrRows(ledger, currency, movements, parts)
            const wholeCash = cashRows(ledger, currency, wholes)
            const partCash = cashRows(ledger, currency, parts)
            for (const [index, whole] of wholes.entries()) {
              const inside = <T extends { from: number; to: number }>(rows: readonly T[]): T[] =>
                rows.filter((row) => row.from >= whole.from && row.to <= whole.to)
              for (const figure of ['newMinor', 'reactivationMinor', 'expansionMinor', 'contractionMinor', 'churnMinor'] as const) {
                expect(add(inside(partRows).map((row) => row[figure]))).toBe(wholeRows[index]?.[figure])
              }
              for (const figure of ['invoicedMinor', 'collectedMinor', 'payments'] as const) {
                expect(add(inside(partCash).map((row) => row[figure]))).toBe(wholeCash[index]?.[figure])
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('cash is the sum of the paid invoices, each in one month, and never more uncertain than collected', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const ledger = buildLedger(facts)
        for (const currency of ledger.currencies) {
          const expected = facts.invoices
            .filter(
              (invoice) =>
                invoice.currency === currency && invoice.paidOn !== null && invoice.paidOn <= today && invoice.paidOn >= firstDay,
            )
            .map((invoice) => invoiceTotalMinor(invoice.items) ?? 0)
          const rows = cashRows(ledger, currency, months)
          expect(add(rows.map((row) => row.collectedMinor))).toBe(add(expected))
          expect(add(rows.map((row) => row.payments))).toBe(
            facts.invoices.filter(
              (invoice) =>
                invoice.currency === currency &&
                invoice.paidOn !== null &&
                invoice.paidOn <= today &&
                invoiceTotalMinor(invoice.items) !== null,
            ).length,
          )
        }
      }),
      runs,
    )
  })

  it('the ages of what is owed sum to all that is owed, and so do the debtors', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: firstDay, max: today }), (facts, at) => {
        const ledger = buildLedger(facts)
        for (const currency of ledger.currencies) {
          const owed = add(owedAt(ledger, currency, at).map((invoice) => invoice.totalMinor))
          expect(add(receivablesRows(ledger, currency, at).map((row) => row.amountMinor))).toBe(owed)
          const debtors = debtorRows(ledger, currency, at)
          expect(add(debtors.map((row) => row.owedMinor))).toBe(owed)
          expect(
            add(debtors.map((row) => row.notDueMinor + row.late1To7Minor + row.late8To30Minor + row.late31To60Minor + row.lateOver60Minor)),
          ).toBe(owed)
        }
        const rows = ledger.currencies.flatMap((currency) => cashRows(ledger, currency, months))
        const pending = ledger.currencies.map((currency) => add(owedAt(ledger, currency, today).map((invoice) => invoice.totalMinor)))
        expect(add(rows.filter((row) => row.to >= today).map((row) => row.owedMinor))).toBe(add(pending))
      }),
      runs,
    )
  })

  it('cohorts and forecasts stay within their bounds', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const ledger = buildLedger(facts)
        for (const currency of ledger.currencies) {
          for (const row of cohortRows(ledger, currency, movementsOf(ledger.timelines, currency), from, to)) {
            expect(row.activeCustomers).toBeLessThanOrEqual(row.customers)
            expect(row.customers).toBeGreaterThan(0)
          }
          for (const row of forecastRows(ledger, currency)) {
            expect(row.lowMinor).toBeLessThanOrEqual(row.expectedMinor)
            expect(row.expectedMinor).toBeLessThanOrEqual(row.highMinor)
            expect(row.highMinor).toBeLessThanOrEqual(row.dueMinor)
            expect(row.lowMinor).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      runs,
    )
  })

  it('the order of the rows does not matter', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const one = buildLedger(facts)
        const other = buildLedger({ ...facts, services: [...facts.services].reverse() })
        for (const currency of one.currencies) {
          expect(mrrRows(other, currency, movementsOf(other.timelines, currency), months)).toEqual(
            mrrRows(one, currency, movementsOf(one.timelines, currency), months),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  it('conversion to one currency keeps every identity and lists what has no rate', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const ledger = convertLedger(buildLedger(facts), { base: 'INR', rates: { USD: '83.2' } })
        expect(ledger.currencies).toEqual(['INR'])
        const rows = mrrRows(ledger, 'INR', movementsOf(ledger.timelines, 'INR'), months)
        for (const row of rows)
          expect(row.openingMinor + row.newMinor + row.reactivationMinor + row.expansionMinor + row.contractionMinor + row.churnMinor).toBe(
            row.closingMinor,
          )
        const yen = facts.invoices.filter(
          (invoice) =>
            invoice.currency === 'JPY' &&
            ['pending', 'paid', 'cancelled'].includes(invoice.status) &&
            invoiceTotalMinor(invoice.items) !== null,
        )
        expect(
          ledger.leftOut.filter((entry) => entry.reason === 'rate-missing' && entry.invoiceId !== null).map((entry) => entry.invoiceId),
        ).toEqual(yen.map((invoice) => invoice.id))
      }),
      runs,
    )
  })
})
