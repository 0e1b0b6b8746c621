// Guards from figures: what holds suspensions back, and that nothing holds when all is well.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateGuards, type GuardFacts } from '../../shared/domain/guards.ts'
import { asId, type NodeId, type ServiceId } from '../../shared/domain/ids.ts'

const nowMs = Date.parse('2026-11-22T12:00:00Z')
const minute = 60_000
const nodeId = asId<NodeId>('n1')
const planned = (count: number) => Array.from({ length: count }, (_, index) => ({ serviceId: asId<ServiceId>(100 + index), nodeId }))
const well: GuardFacts = {
  nowMs,
  lastCompleteSyncAt: nowMs - 5 * minute,
  laterSyncFailed: false,
  lastFullAt: nowMs - 120 * minute,
  counts: { services: { met: 52, knownBefore: 52 }, invoices: { met: 900, knownBefore: 890 }, customers: { met: 45, knownBefore: 45 } },
  clockOffsetMs: 800,
  lastRunAt: nowMs - minute,
  nodes: [{ nodeId, name: 'blr-1', trouble: null }],
  payments: { count: 90, overDays: 90, longestGapDays: 2, lastAt: nowMs - 24 * 60 * minute },
  noteIsNewer: false,
  recordFaults: [],
  billingDifferences: [],
  planned: planned(2),
  doneToday: 0,
  cancelledToday: 0,
  limit: 3,
}
const codes = (change: Partial<GuardFacts>) => evaluateGuards({ ...well, ...change }).map((guard) => guard.code)

describe('guards', () => {
  it('hold nothing when billing is fresh and whole, clocks agree, nodes are well and few are planned', () => {
    expect(codes({})).toEqual([])
  })

  it.each<[string, Partial<GuardFacts>, string[]]>([
    ['billing was never read to its end', { lastCompleteSyncAt: null, lastFullAt: null }, ['stale']],
    ['the last whole sync is more than 15 minutes old', { lastCompleteSyncAt: nowMs - 15 * minute - 1 }, ['stale']],
    ['the last whole sync is 15 minutes old', { lastCompleteSyncAt: nowMs - 15 * minute }, []],
    ['a later sync failed', { laterSyncFailed: true }, ['stale']],
    ['the last full pass is more than 26 hours old', { lastFullAt: nowMs - 26 * 60 * minute - 1 }, ['stale']],
    ['services came back empty', { counts: { ...well.counts, services: { met: 0, knownBefore: 52 } } }, ['empty']],
    ['customers came back 11 % fewer', { counts: { ...well.counts, customers: { met: 89, knownBefore: 100 } } }, ['empty']],
    ['customers came back 10 % fewer', { counts: { ...well.counts, customers: { met: 90, knownBefore: 100 } } }, []],
    ['there was nothing before', { counts: { services: { met: 0, knownBefore: 0 } } }, []],
    ['the clocks differ by more than 5 minutes', { clockOffsetMs: -5 * minute - 1 }, ['clock']],
    ['our clock went back a year', { lastRunAt: nowMs + 365 * 24 * 60 * minute }, ['clock']],
    ['four are planned and three allowed', { planned: planned(4) }, ['too-many']],
    ['two are planned and two were done today', { doneToday: 2 }, ['too-many']],
    ['two are planned and two were cancelled today', { cancelledToday: 2 }, ['too-many']],
    ['nothing is planned, however many were done', { planned: [], doneToday: 50, cancelledToday: 50 }, []],
    ['no payment came for more than three times the longest pause', { payments: { count: 90, overDays: 90, longestGapDays: 2, lastAt: nowMs - 7 * 24 * 60 * minute } }, ['payment-silence']],
    ['a shop with few payments is silent for as long', { payments: { count: 3, overDays: 90, longestGapDays: 2, lastAt: nowMs - 30 * 24 * 60 * minute } }, []],
    ['payments come in clumps, and the pause is not three times the longest', { payments: { count: 90, overDays: 90, longestGapDays: 6, lastAt: nowMs - 12 * 24 * 60 * minute } }, []],
    ['all payments were imported at once', { payments: { count: 500, overDays: 0.01, longestGapDays: 0.001, lastAt: nowMs - 24 * 60 * minute } }, []],
    ['nobody has ever paid', { payments: { count: 0, overDays: 0, longestGapDays: 0, lastAt: null } }, []],
    ['an old backup of the database was put back', { noteIsNewer: true }, ['restored']],
    ['a link was changed outside this program', { recordFaults: ['links were changed'] }, ['restored']],
    ['a backup was put back whose record is not whole', { noteIsNewer: true, recordFaults: ['the record is broken'] }, ['restored']],
    ['another Paymenter answers at the address', { billingDifferences: ['customer 1 was created at another time'] }, ['billing-changed']],
    ['a node is in trouble', { nodes: [{ nodeId, name: 'blr-1', trouble: 'limited mode' }] }, ['node']],
  ])('%s', (_name, change, expected) => {
    expect(codes(change)).toEqual(expected)
  })

  it('say of one what is said of one', () => {
    const reason = (change: Partial<GuardFacts>): string | undefined => evaluateGuards({ ...well, ...change }).find((guard) => guard.code === 'too-many')?.reason
    expect(reason({ planned: planned(1), doneToday: 2, cancelledToday: 1 })).toMatch(/^1 suspension is planned, 2 were made today, 1 service was cancelled today; 3 a day are allowed\./)
    expect(reason({ planned: planned(4), doneToday: 1, cancelledToday: 2 })).toMatch(/^4 suspensions are planned, 1 was made today, 2 services were cancelled today; 3 a day are allowed\./)
  })

  it('name what they hold: a node its own services, the others all that is planned', () => {
    const other = asId<NodeId>('n2')
    const guards = evaluateGuards({ ...well, planned: [...planned(4), { serviceId: asId<ServiceId>(500), nodeId: other }], nodes: [{ nodeId: other, name: 'hyd-1', trouble: 'away' }] })
    expect(guards.find((guard) => guard.code === 'node')?.batch).toEqual([500])
    expect(guards.find((guard) => guard.code === 'too-many')?.batch).toHaveLength(5)
  })
})

it('for any day, never let more begin than the limit: what goes beyond it is held as a whole', () => {
  const count = fc.integer({ min: 0, max: 40 })
  fc.assert(
    fc.property(count, count, count, fc.integer({ min: 1, max: 30 }), (due, doneToday, cancelledToday, limit) => {
      const guards = evaluateGuards({ ...well, planned: planned(due), doneToday, cancelledToday, limit })
      const held = guards.find((guard) => guard.code === 'too-many')
      const mayBegin = held === undefined ? due : due - held.batch.length
      expect(mayBegin === 0 || doneToday + cancelledToday + mayBegin <= limit).toBe(true)
      expect(mayBegin === 0 || mayBegin === due).toBe(true)
    }),
  )
})
