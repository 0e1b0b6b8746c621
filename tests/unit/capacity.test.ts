// Capacity over time, the pure part: points, their packing, levels, forecast, headroom and thresholds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forecastFull, type Usage } from '../../shared/domain/capacity/forecast.ts'
import { headroom } from '../../shared/domain/capacity/headroom.ts'
import { levels, mostPoints, resolutionFor } from '../../shared/domain/capacity/levels.ts'
import { packPoints, unpackPoints } from '../../shared/domain/capacity/pointCodec.ts'
import { rollUp, rollUpAll, sumOf, withSample, type Minute, type Point, type Spread } from '../../shared/domain/capacity/points.ts'
import { nextAlert, quiet, type AlertState, type Threshold } from '../../shared/domain/capacity/thresholds.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const now = Date.UTC(2026, 5, 15, 12)

function point(at: number, avg: number, spread: Partial<Spread> = {}, minutes = 1): Point {
  return { at, minutes, values: [{ min: avg, max: avg, ...spread, avg }] }
}

describe('points', () => {
  test('the samples of a minute keep their lowest, their average and their highest, in whatever order they come', () => {
    const samples = [
      [0, 10],
      [15_000, 40],
      [30_000, 20],
      [45_000, 30],
    ] as const
    fc.assert(
      fc.property(fc.shuffledSubarray([...samples], { minLength: 4 }), (order) => {
        const minute = order.reduce<Minute | null>((before, [at, value]) => withSample(before, now + at, [value, null]), null)
        expect(minute?.point).toEqual({ at: now, minutes: 1, values: [{ min: 10, avg: 25, max: 40 }, null] })
      }),
    )
  })

  test('a sample that comes twice counts once', () => {
    const once = withSample(null, now + 20_000, [50])
    expect(withSample(once, now + 20_000, [50])).toEqual(once)
    expect(withSample(once, now + 21_000, [70])).toEqual(once)
    expect(withSample(once, now + 25_000, [70]).point.values).toEqual([{ min: 50, avg: 60, max: 70 }])
  })

  test('a coarser point keeps the peak, weighs each part by the minutes that were seen, and invents nothing for a gap', () => {
    const parts = [point(now, 10, { max: 99 }, 15), point(now + 15 * minuteMs, 40, { min: 1 }, 5)]
    expect(rollUp(now, parts)).toEqual({ at: now, minutes: 20, values: [{ min: 1, avg: 17.5, max: 99 }] })
    expect(rollUp(now, [])).toBeNull()
    expect(rollUpAll([...parts, point(now + 3 * hourMs, 5)], hourMs).map(({ at }) => at)).toEqual([now, now + 3 * hourMs])
  })

  test('what is rolled up in steps is what is rolled up at once', () => {
    const minutes = fc.array(fc.record({ offset: fc.integer({ min: 0, max: 24 * 60 - 1 }), avg: fc.integer({ min: 0, max: 800 }) }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(minutes, (seen) => {
        const midnight = Math.floor(now / dayMs) * dayMs
        const points = [...new Map(seen.map(({ offset, avg }) => [offset, point(midnight + offset * minuteMs, avg)])).values()]
        const inSteps = rollUpAll(rollUpAll(rollUpAll(points, 15 * minuteMs), hourMs), dayMs)[0]
        const atOnce = rollUpAll(points, dayMs)[0]
        expect(inSteps?.minutes).toBe(atOnce?.minutes)
        expect(inSteps?.values[0]?.min).toBe(atOnce?.values[0]?.min)
        expect(inSteps?.values[0]?.max).toBe(atOnce?.values[0]?.max)
        expect(inSteps?.values[0]?.avg).toBeCloseTo(atOnce?.values[0]?.avg ?? Number.NaN, 6)
      }),
    )
  })

  test('nodes add up; what one of them did not measure is not known of all, for it is not nothing', () => {
    expect(sumOf([point(now, 10, { max: 20 }), point(now, 5)])?.values).toEqual([{ min: 15, avg: 15, max: 25 }])
    expect(sumOf([point(now, 10), point(now, 5), { at: now, minutes: 1, values: [null] }])?.values).toEqual([null])
    expect(sumOf([])).toBeNull()
  })
})

describe('packing', () => {
  const spread = fc.option(
    fc
      .tuple(fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 5_000 }))
      .map(([min, more, most]) => ({
        min,
        avg: min + more,
        max: min + more + most,
      })),
    { nil: null },
  )
  test('every point comes back as it was, with its gaps and what was not measured', () => {
    const packed = fc.uniqueArray(
      fc.record({ index: fc.integer({ min: 0, max: 95 }), minutes: fc.integer({ min: 1, max: 15 }), values: fc.tuple(spread, spread) }),
      {
        selector: ({ index }) => index,
      },
    )
    fc.assert(
      fc.property(packed, (entries) => {
        const points = entries
          .sort((a, b) => a.index - b.index)
          .map(({ index, minutes, values }) => ({ at: now + index * 15 * minuteMs, minutes, values }))
        expect(unpackPoints(packPoints(points, now, 15 * minuteMs, [1, 1]), now, 15 * minuteMs, [1, 1])).toEqual(points)
      }),
    )
  })

  test('values are kept as finely as their scale says', () => {
    const bytes = packPoints([point(now, 12.34, { min: 3.21, max: 99.99 })], now, minuteMs, [10])
    expect(unpackPoints(bytes, now, minuteMs, [10])[0]?.values[0]).toEqual({ min: 3.2, avg: 12.3, max: 100 })
    expect(bytes.length).toBeLessThan(14)
  })

  test('what was stored before a metric was added has none of it, and takes it from then on', () => {
    const old = unpackPoints(packPoints([point(now, 5)], now, minuteMs, [1]), now, minuteMs, [1, 1])
    expect(old).toEqual([{ ...point(now, 5), values: [{ min: 5, avg: 5, max: 5 }, null] }])
    const newer: Point = { ...point(now + minuteMs, 6), values: [...point(now, 6).values, { min: 7, avg: 7, max: 7 }] }
    expect(unpackPoints(packPoints([...old, newer], now, minuteMs, [1, 1]), now, minuteMs, [1, 1])).toEqual([...old, newer])
  })
})

describe('levels', () => {
  test.each([
    ['1 h', hourMs, 'minute'],
    ['24 h', dayMs, 'minute'],
    ['7 d', 7 * dayMs, 'quarter'],
    ['30 d', 30 * dayMs, 'hour'],
    ['1 y', 365 * dayMs, 'day'],
  ] as const)('%s of one node is read by the %s and never drawn with more than 400 points', (_name, span, level) => {
    const resolution = resolutionFor(now - span, now, now, 1)
    expect(levels[resolution.level]?.name).toBe(level)
    expect(span / resolution.bucketMs).toBeLessThanOrEqual(mostPoints)
  })

  test('any range at any age has at most 400 points, at a level that is still kept', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 * 366 * 24 * 60 }),
        fc.integer({ min: 0, max: 5 * 366 * 24 * 60 }),
        fc.integer({ min: 1, max: 200 }),
        (span, age, series) => {
          const to = now - age * minuteMs
          const from = to - span * minuteMs
          const { level, bucketMs } = resolutionFor(from, to, now, series)
          const { ms, keepMs } = levels[level] ?? levels[3]
          expect((to - from) / bucketMs).toBeLessThanOrEqual(mostPoints)
          expect(bucketMs % ms).toBe(0)
          expect(now - from).toBeLessThanOrEqual(keepMs)
        },
      ),
    )
  })
})

describe('forecast', () => {
  const daily = (days: number, used: (day: number) => number): Usage[] =>
    Array.from({ length: days }, (_, day) => ({ at: now - (days - day) * dayMs, used: used(day) }))

  test('steady growth is full on the day that the line says, with hardly a doubt', () => {
    const forecast = forecastFull(
      daily(30, (day) => 100 + 10 * day),
      1_000,
      now,
    )
    expect(forecast).toMatchObject({ kind: 'full' })
    if (forecast.kind !== 'full') return
    expect(forecast.days).toBeCloseTo(60, 5)
    expect(forecast.soonest).toBeCloseTo(60, 3)
    expect(forecast.latest).toBeCloseTo(60, 3)
    expect(forecast.perDay).toBeCloseTo(10, 5)
  })

  test('the more it wavers, the wider the span; the true day lies within', () => {
    const wavering = (amount: number): Usage[] => daily(40, (day) => 100 + 10 * day + amount * Math.sin(day * 2.4))
    const calm = forecastFull(wavering(5), 1_000, now)
    const wild = forecastFull(wavering(120), 1_000, now)
    if (calm.kind !== 'full' || wild.kind !== 'full') throw new Error('both grow')
    expect((wild.latest ?? 3_650) - wild.soonest).toBeGreaterThan((calm.latest ?? 3_650) - calm.soonest)
    expect(wild.soonest).toBeLessThan(50)
    expect(wild.latest ?? 3_650).toBeGreaterThan(50)
  })

  test('no growth, shrinking, too little history and a full disk are told as such', () => {
    expect(
      forecastFull(
        daily(30, (day) => 500 + 20 * Math.sin(day * 2.1)),
        100_000,
        now,
      ).kind,
    ).toBe('steady')
    expect(
      forecastFull(
        daily(30, (day) => 900 - 10 * day),
        1_000,
        now,
      ).kind,
    ).toBe('steady')
    expect(
      forecastFull(
        daily(4, (day) => 100 * day),
        1_000,
        now,
      ),
    ).toMatchObject({ kind: 'unknown' })
    expect(forecastFull([], 1_000, now)).toEqual({ kind: 'unknown', overDays: 0 })
    expect(
      forecastFull(
        daily(30, (day) => 800 + 10 * day),
        1_000,
        now,
      ),
    ).toEqual({ kind: 'now' })
  })
})

describe('headroom', () => {
  const room = { cores: 8, vcpusDefined: 10, memoryTotalKiB: 64, memoryDefinedKiB: 40, diskTotalBytes: 1_000, diskProvisionedBytes: 700 }
  const size = { vcpus: 2, memoryKiB: 4, diskBytes: 100 }

  test('it is the part that runs out first', () => {
    expect(headroom(room, size, { vcpu: 4, memory: 1, disk: 1 })).toEqual({ count: 3, limit: 'disk' })
    expect(headroom(room, size, { vcpu: 4, memory: 1, disk: 2 })).toEqual({ count: 6, limit: 'memory' })
    expect(headroom(room, size, { vcpu: 1.5, memory: 1, disk: 2 })).toEqual({ count: 1, limit: 'vcpu' })
  })

  test('a node that has promised too much has room for none', () => {
    expect(headroom({ ...room, memoryDefinedKiB: 80 }, size, { vcpu: 4, memory: 1, disk: 1 })).toEqual({ count: 0, limit: 'memory' })
  })
})

describe('thresholds', () => {
  const threshold: Threshold = { limit: 90, margin: 10, holdMs: 5 * minuteMs, direction: 'above' }
  const run = (values: readonly (number | null)[]): AlertState['kind'][] => {
    let state: AlertState = quiet
    return values.map((value, minute) => {
      state = nextAlert(state, threshold, value, now + minute * minuteMs)
      return state.kind
    })
  }

  test('a short peak is not told', () => {
    expect(run([50, 95, 97, 60, 95])).toEqual(['quiet', 'pending', 'pending', 'quiet', 'pending'])
  })

  test('a value that stays above is told once, and is over only well below', () => {
    expect(run([91, 92, 93, 94, 95, 96, 85, 91, 81, 79])).toEqual([
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
      'raised',
      'raised',
      'raised',
      'raised',
      'quiet',
    ])
  })

  test('what is not measured ends nothing that is raised', () => {
    expect(run([95, 95, 95, 95, 95, 95, null, null])).toEqual([...Array.from({ length: 5 }, () => 'pending'), 'raised', 'raised', 'raised'])
  })

  test('days until full are told from below', () => {
    const full: Threshold = { limit: 14, margin: 4, holdMs: 0, direction: 'below' }
    expect(nextAlert(quiet, full, 15, now).kind).toBe('quiet')
    const raised = nextAlert(quiet, full, 14, now)
    expect(raised.kind).toBe('raised')
    expect(nextAlert(raised, full, 17, now).kind).toBe('raised')
    expect(nextAlert(raised, full, 19, now).kind).toBe('quiet')
  })
})
