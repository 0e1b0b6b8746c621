// The automation screen's pure parts: the queue's groups and steps, the days ahead, a policy's effect, the vault, the record's filter.
import { describe, expect, test } from 'vitest'
import type { IntentRow } from '../../renderer/components/estate/states.tsx'
import { aheadLines, aheadTotals } from '../../renderer/lib/aheadDays.ts'
import type { AheadDay } from '../../renderer/lib/aheadDays.ts'
import { policyEffect } from '../../renderer/features/automation/policyEffect.ts'
import { approvableTogether, byNode, queueGroups } from '../../renderer/features/automation/queueGroups.ts'
import { exportedEntry, recordFields, valuesOf, withoutSeals } from '../../renderer/features/automation/recordRows.ts'
import type { RecordRow } from '../../renderer/features/automation/recordRows.ts'
import { purgeWords, vaultState } from '../../renderer/features/automation/vaultState.ts'
import { filterKeys, filterRows } from '../../renderer/lib/filter.ts'
import { isSince, isUntil, valueOfTerm, withTerm } from '../../renderer/lib/filterTerms.ts'
import { partsBehind, partsOf } from '../../renderer/lib/intentSteps.ts'
import { purgeSteps } from '../../electron/worker/automation/purge.ts'
import { suspendSteps } from '../../electron/worker/automation/suspend.ts'
import { terminateSteps } from '../../electron/worker/automation/terminate.ts'
import { unsuspendSteps } from '../../electron/worker/automation/unsuspend.ts'
import { parseDay } from '../../shared/domain/calendar.ts'
import type { Day } from '../../shared/domain/calendar.ts'

function intent(change: Partial<IntentRow>): IntentRow {
  return {
    id: 'one',
    kind: 'suspend',
    serviceId: 104,
    customerName: 'Asha Rao',
    nodeId: 'n1',
    node: 'blr-1',
    name: 'vps-104',
    uuid: 'u',
    state: 'planned',
    step: 'recheck',
    reason: 'Overdue.',
    waitsForApproval: false,
    approvedBy: null,
    attempts: 0,
    error: null,
    createdAt: 0,
    updatedAt: 0,
    finishedAt: null,
    ...change,
  }
}

describe('the queue', () => {
  test('puts every intent in exactly one group', () => {
    const intents = [
      intent({ id: 'waits', waitsForApproval: true }),
      intent({ id: 'planned' }),
      intent({ id: 'approved, not begun', state: 'approved' }),
      intent({ id: 'approved, at its snapshot', state: 'approved', kind: 'terminate', step: 'snapshot' }),
      intent({ id: 'executing', state: 'executing', step: 'stop' }),
      intent({ id: 'verifying', state: 'verifying', step: 'wait-off' }),
      intent({ id: 'failed', state: 'failed', step: 'wait-off' }),
      intent({ id: 'done', state: 'done', step: 'finished', finishedAt: 1 }),
      intent({ id: 'cancelled later', state: 'cancelled', step: 'finished', finishedAt: 2 }),
    ]
    const groups = queueGroups(intents)
    const named = Object.entries(groups).map(([group, rows]: [string, readonly IntentRow[]]) => [group, rows.map((row) => row.id)])
    const names: unknown = Object.fromEntries(named)
    expect(names).toEqual({
      waiting: ['waits'],
      planned: ['planned', 'approved, not begun'],
      running: ['approved, at its snapshot', 'executing', 'verifying'],
      failed: ['failed'],
      ended: ['cancelled later', 'done'],
    })
  })

  test('never approves a termination or a purge together with others', () => {
    const kinds = (['suspend', 'terminate', 'unsuspend', 'purge'] as const).map((kind) => intent({ id: kind, kind }))
    expect(approvableTogether(kinds).map((row) => row.kind)).toEqual(['suspend', 'unsuspend'])
  })

  test('groups by node, the nodes in the order in which people count', () => {
    const ten = { nodeId: 'b', node: 'blr-10' }
    const groups = byNode([intent(ten), intent({ nodeId: 'a', node: 'blr-2' }), intent({ id: 'two', ...ten })])
    expect(groups.map((group) => [group.node, group.intents.length])).toEqual([
      ['blr-2', 1],
      ['blr-10', 2],
    ])
  })
})

describe('how far an intent is', () => {
  const stepsOfKind = { suspend: suspendSteps, unsuspend: unsuspendSteps, terminate: terminateSteps, purge: purgeSteps } as const

  for (const kind of ['suspend', 'unsuspend', 'terminate', 'purge'] as const) {
    test(`a ${kind} never goes back, begins with nothing behind it and ends with everything behind it`, () => {
      const behind = stepsOfKind[kind].map((step) => partsBehind(kind, step))
      expect(behind).toEqual(behind.toSorted((a, b) => a - b))
      expect(behind[0]).toBe(0)
      expect(behind.at(-1)).toBe(partsOf(kind).length)
    })

    test(`every part of a ${kind} is reached by one of the worker’s steps`, () => {
      const reached = new Set(stepsOfKind[kind].map((step) => partsBehind(kind, step)))
      expect(reached).toEqual(new Set(Array.from({ length: partsOf(kind).length + 1 }, (_, index) => index)))
    })
  }

  test('an intent that was dealt with by hand has nothing left to do', () => {
    expect(partsBehind('suspend', 'resolved')).toBe(4)
  })
})

const inr = (amountMinor: number) => ({ amountMinor, currency: 'INR' })

function ahead(day: string, change: Partial<AheadDay> = {}): AheadDay {
  return { day, notices: [], suspensions: [], trialsEnding: [], renewals: [], valueAtRisk: [], renewing: [], memoryFreedKiB: 0, ...change }
}

describe('the days ahead', () => {
  test('are summed without adding different currencies', () => {
    const totals = aheadTotals([
      ahead('2026-11-23', { suspensions: [1, 2], trialsEnding: [2], valueAtRisk: [inr(49_900)], memoryFreedKiB: 1024 }),
      ahead('2026-11-24', {
        suspensions: [3],
        notices: [4],
        renewals: [5],
        valueAtRisk: [inr(99_900), { amountMinor: 1200, currency: 'USD' }],
        renewing: [inr(1)],
        memoryFreedKiB: 1,
      }),
    ])
    expect(totals).toEqual({
      suspensions: 3,
      notices: 1,
      trialsEnding: 1,
      renewals: 1,
      valueAtRisk: [inr(149_800), { amountMinor: 1200, currency: 'USD' }],
      renewing: [inr(1)],
      memoryFreedKiB: 1025,
    })
  })

  test('fold quiet days that follow each other, and only those', () => {
    const busy = ahead('2026-11-24', { renewals: [7] })
    expect(aheadLines([ahead('2026-11-23'), busy, ahead('2026-11-25'), ahead('2026-11-26'), ahead('2026-11-27')])).toEqual([
      { kind: 'quiet', from: '2026-11-23', to: '2026-11-23', days: 1 },
      { kind: 'day', day: busy },
      { kind: 'quiet', from: '2026-11-25', to: '2026-11-27', days: 3 },
    ])
  })
})

describe('what a change of the policy would do', () => {
  const names = { '1': 'blr-1/vps-1', '2': 'blr-1/vps-2' }
  const sentence = (before: number[], after: number[]): string => policyEffect({ before, after, names, warnings: [] }).sentence

  test('is said with the number before, and names who is there by the change alone', () => {
    const effect = policyEffect({ before: [2, 4], after: [1, 2, 3], names, warnings: [] })
    expect(effect.sentence).toBe('With this, 3 services would be suspended today (2 before).')
    expect(effect.newly).toEqual([
      { id: 1, name: 'blr-1/vps-1' },
      { id: 3, name: 'Service 3' },
    ])
    expect(effect.spared.map(({ id }) => id)).toEqual([4])
    expect(effect.asBefore.map(({ id }) => id)).toEqual([2])
  })

  test('says plainly that nothing changes today', () => {
    expect(sentence([], [])).toBe('With this, nobody would be suspended today, as before.')
    expect(sentence([2], [2])).toBe('With this, 1 service would be suspended today, as before.')
  })

  test('is not taken for no change when as many are spared as are added', () => {
    expect(sentence([1], [2])).toBe('With this, 1 service would be suspended today (1 before).')
  })
})

function day(text: string): Day {
  const parsed = parseDay(text)
  if (parsed === null) throw new Error(`${text} is not a day`)
  return parsed
}

describe('the vault', () => {
  test('keeps what is neither restored nor purged', () => {
    expect(vaultState({ restoredAt: null, purgedAt: null })).toBe('kept')
    expect(vaultState({ restoredAt: 1, purgedAt: null })).toBe('restored')
    expect(vaultState({ restoredAt: null, purgedAt: 1 })).toBe('purged')
  })

  test('says when a purge is due, also when its day has passed', () => {
    const today = day('2026-11-23')
    expect(['2026-11-30', '2026-11-24', '2026-11-23', '2026-11-22', '2026-11-20'].map((on) => purgeWords(on, today))).toEqual([
      'in 7 days',
      'tomorrow',
      'due today',
      'due since yesterday',
      'due since 3 days',
    ])
  })
})

const noonMs = new Date(2026, 10, 22, 12, 0).getTime()

function entry(change: Partial<RecordRow>): RecordRow {
  return {
    seq: 1,
    at: noonMs,
    actor: 'rule',
    action: 'vm.stop-sent',
    serviceId: 12,
    nodeId: 'n1',
    node: 'blr-1',
    vm: 'vps-12',
    customer: 'Zoë Müller',
    why: 'Overdue.',
    detail: { state: 'running', seals: { links: 'x' } },
    hash: 'f'.repeat(64),
    ...change,
  }
}

function shown(rows: readonly RecordRow[], filter: string): number[] {
  return filterRows(rows, filter, recordFields, new WeakMap()).map((row) => row.seq)
}

describe('filtering the record', () => {
  const rows = [
    entry({ seq: 1 }),
    entry({ seq: 2, serviceId: 120, vm: 'vps-120', customer: 'Asha Rao', node: 'blr-2', actor: 'operator', action: 'intent.approved' }),
    entry({
      seq: 3,
      serviceId: null,
      vm: null,
      node: null,
      customer: null,
      actor: 'operator',
      action: 'policy.set',
      at: new Date(2026, 10, 23, 0, 0).getTime(),
    }),
  ]

  test('by service means that one, not those whose number begins alike', () => {
    expect(shown(rows, 'service:12')).toEqual([1])
    expect(shown(rows, 'service:#120')).toEqual([2])
    expect(shown(rows, '-service:12')).toEqual([2, 3])
    expect(shown(rows, 'service:none')).toEqual([3])
  })

  test('by customer, VM, node, actor and action, by word or by the worker’s own name of it', () => {
    expect(shown(rows, 'customer:zoe')).toEqual([1])
    expect(shown(rows, 'vm:vps-120')).toEqual([2])
    expect(shown(rows, 'node:blr-2')).toEqual([2])
    expect(shown(rows, 'who:operator')).toEqual([2, 3])
    expect(shown(rows, 'what:policy.set')).toEqual([3])
    expect(shown(rows, 'what:"stop sent"')).toEqual([1])
  })

  test('by time takes whole days in, the first and the last', () => {
    expect(shown(rows, 'since:2026-11-22 until:2026-11-22')).toEqual([1, 2])
    expect(shown(rows, 'since:2026-11-23')).toEqual([3])
    expect(shown(rows, 'until:2026-11-21')).toEqual([])
    expect(shown(rows, 'since:2026-11-22T12:01')).toEqual([3])
  })

  test('a day that is still being typed, or does not exist, filters nothing', () => {
    expect(shown(rows, 'since:2026-1')).toEqual([1, 2, 3])
    expect(shown(rows, 'since:2026-13-40')).toEqual([1, 2, 3])
  })

  test('offers every key in the filter line', () => {
    expect(filterKeys(recordFields)).toEqual(['who', 'what', 'customer', 'vm', 'node', 'service', 'since', 'until'])
  })
})

describe('bounds of time', () => {
  test('hold to the millisecond', () => {
    const startMs = new Date(2026, 10, 22).getTime()
    const endMs = new Date(2026, 10, 23).getTime()
    expect([isSince(startMs - 1, '2026-11-22'), isSince(startMs, '2026-11-22')]).toEqual([false, true])
    expect([isUntil(endMs - 1, '2026-11-22'), isUntil(endMs, '2026-11-22')]).toEqual([true, false])
  })
})

describe('a control that writes the filter line', () => {
  test('sets, replaces and takes away its own term and leaves the rest as typed', () => {
    expect(withTerm('', 'who', 'rule')).toBe('who:rule')
    expect(withTerm('vps-12 who:rule -node:blr-2 "two words"', 'who', 'operator')).toBe('vps-12 -node:blr-2 "two words" who:operator')
    expect(withTerm('vps-12 who:rule', 'who', '')).toBe('vps-12')
    expect(withTerm('-who:rule', 'who', 'operator')).toBe('-who:rule who:operator')
  })

  test('quotes a value of several words, and reads it back', () => {
    const filter = withTerm('what:stop', 'customer', 'Asha "the" Rao')
    expect(filter).toBe('what:stop customer:"Asha the Rao"')
    expect(valueOfTerm(filter, 'customer')).toBe('Asha the Rao')
    expect(valueOfTerm(filter, 'what')).toBe('stop')
    expect(valueOfTerm('-what:stop', 'what')).toBe('')
  })

  test('what it writes for a customer finds exactly that customer', () => {
    const rows = [entry({ seq: 1 }), entry({ seq: 2, customer: 'Asha Rao' })]
    for (const [index, customer] of valuesOf(rows, (row) => row.customer).entries()) {
      expect(shown(rows, withTerm('', 'customer', customer))).toEqual([index === 0 ? 2 : 1])
    }
  })
})

describe('exporting the record', () => {
  test('writes an entry whole, with its hash and its instant in UTC', () => {
    const written = exportedEntry(entry({ at: Date.UTC(2026, 10, 22, 6, 30) }))
    expect(written).toMatchObject({
      seq: 1,
      at: '2026-11-22T06:30:00.000Z',
      hash: 'f'.repeat(64),
      detail: { seals: { links: 'x' } },
      customer: 'Zoë Müller',
    })
  })

  test('keeps the seals from the eye only', () => {
    expect(withoutSeals(entry({}).detail)).toEqual({ state: 'running' })
  })
})
