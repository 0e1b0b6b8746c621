// Graphs over time in the renderer: marks of an axis, rows with gaps, CSV, and a forecast in words.
import { expect, test } from 'vitest'
import { chartRows, historyCsv, hostCharts, percentMarks, sizeMarks, type History } from '../../renderer/lib/capacityCharts.ts'
import { certaintyWords, fullInWords, soonest, type NodeOutlook } from '../../renderer/components/capacity/capacityWords.ts'

const gib = 1024 ** 3

const history: History = {
  from: Date.UTC(2026, 0, 1),
  bucketMs: 60_000,
  level: 'minute',
  metrics: { cpu: { min: [100, null], avg: [200, null], max: [400, null] }, cores: { min: [8, null], avg: [8, null], max: [8, null] } },
  seen: [1, 0],
  of: 1,
  simulatedUntil: null,
  rowsRead: 1,
}

test('sizes are marked in round ones, from nothing to just above the largest', () => {
  expect(sizeMarks(128 * gib, 1).map((mark) => mark / gib)).toEqual([0, 50, 100, 150])
  expect(sizeMarks(2 * 1024 * gib, 1).map((mark) => mark / gib / 1024)).toEqual([0, 1, 2])
  expect(sizeMarks(0, 1024)).toEqual([0])
})

test('percents are marked in round ones, never two alike, and past 100 where several vCPUs are busy', () => {
  expect(percentMarks(2.9)).toEqual([0, 1, 2, 3])
  expect(percentMarks(0.3)).toEqual([0, 0.1, 0.2, 0.3])
  expect(percentMarks(0)).toEqual([0, 0.1])
  expect(percentMarks(100)).toEqual([0, 50, 100])
  expect(percentMarks(390)).toEqual([0, 100, 200, 300, 400])
  expect(percentMarks(60_000).at(-1)).toBe(60_000)
})

test('CPU is shown of all cores, with its band; a gap is nothing, not zero', () => {
  const [cpu] = hostCharts
  if (cpu === undefined) throw new Error('there is a CPU graph')
  expect(chartRows(history, cpu)).toEqual([
    { at: history.from, seen: 1, cpu: 25, cpuBand: [12.5, 50] },
    { at: history.from + 60_000, seen: 0, cpu: null, cpuBand: null },
  ])
})

test('CSV holds every metric of every point, and an empty field for a gap', () => {
  const { header, rows } = historyCsv(history)
  expect(header.slice(0, 6)).toEqual(['time', 'seconds', 'seen', 'cpu lowest', 'cpu average', 'cpu highest'])
  expect(rows[0]?.slice(0, 6)).toEqual(['2026-01-01T00:00:00.000Z', 60, 1, 100, 200, 400])
  expect(rows[1]?.slice(2)).toEqual([0, null, null, null, null, null, null])
})

test('a forecast says when, and how sure that is', () => {
  const full = { kind: 'full', days: 48.2, soonest: 40.1, latest: 61.4, perDay: 1, overDays: 60 } as const
  expect(fullInWords(full)).toBe('48 days')
  expect(certaintyWords(full)).toBe('40 to 61 days, 95 % certain, from 60 days')
  expect(certaintyWords({ ...full, latest: null })).toContain('perhaps never')
  expect(fullInWords({ kind: 'unknown', overDays: 2 })).toBe('–')
  const node = {
    disk: full,
    memory: { kind: 'full', days: 12, soonest: 10, latest: 20, perDay: 1, overDays: 60 },
  } as unknown as NodeOutlook
  expect(soonest(node).of).toBe('memory')
  expect(soonest({ ...node, memory: { kind: 'steady', perDay: 0, overDays: 60 } }).of).toBe('disk')
})
