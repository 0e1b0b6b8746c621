// Days and zones: from −11 to +14 hours, over clock changes and leap years, a day stays the day that it is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findTimeZone, periodStart } from '../../electron/worker/billing/timeZone.ts'
import { Days, readInstant } from '../../electron/worker/paymenter/days.ts'
import { addDays, dayOf, dayStartingAt, daysBetween, latestDay, parseDay, timeZonesFitting, type Day } from '../../shared/domain/calendar.ts'

const zones = [
  'Pacific/Pago_Pago',
  'Pacific/Honolulu',
  'America/Anchorage',
  'America/Los_Angeles',
  'America/New_York',
  'America/St_Johns',
  'America/Sao_Paulo',
  'America/Santiago',
  'Atlantic/Azores',
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Tehran',
  'Asia/Dubai',
  'Asia/Kabul',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Yangon',
  'Asia/Tokyo',
  'Australia/Eucla',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Kiritimati',
]

/** The first instant of a local day, found without the code under test: by the minute, among all that could be it. */
function startOf(day: Day, zone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const middle = Date.parse(`${day}T00:00:00Z`)
  let before = middle - 16 * 3_600_000
  let within = middle + 14 * 3_600_000
  while (within - before > 60_000) {
    const between = before + Math.floor((within - before) / 120_000) * 60_000
    if (format.format(between) < day) before = between
    else within = between
  }
  return within
}

const anyDay = fc.integer({ min: 0, max: 20_000 }).map((number) => addDays('1990-01-01' as Day, number))
const anyZone = fc.constantFrom(...zones)

test('a day’s first instant is that day again, in every zone and over every clock change', () => {
  fc.assert(
    fc.property(anyDay, anyZone, (day, zone) => {
      const instant = startOf(day, zone)
      // Apia and others have left out whole days when they changed sides of the date line.
      fc.pre(dayOf(instant, zone) === day)
      expect(dayStartingAt(instant, zone)).toBe(day)
      expect(new Days(zone).read(new Date(instant).toISOString().replace('Z', '000Z'))).toEqual({ day, readable: true })
    }),
    { numRuns: 1_000 },
  )
})

test('any other instant of a day stands for no date', () => {
  fc.assert(
    fc.property(anyDay, anyZone, fc.integer({ min: 1, max: 86_000 }), (day, zone, seconds) => {
      const instant = startOf(day, zone) + seconds * 1_000
      fc.pre(dayOf(instant, zone) === day)
      expect(dayStartingAt(instant, zone)).toBeNull()
      expect(new Days(zone).read(new Date(instant).toISOString())).toEqual({ day: null, readable: false })
    }),
    { numRuns: 500 },
  )
})

test('the remembered days are those of the calendar, instant by instant', () => {
  const remembered = new Map(zones.map((zone) => [zone, new Days(zone)]))
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2040, 0) }), anyZone, (instant, zone) => {
      expect(remembered.get(zone)?.dayOf(instant)).toBe(dayOf(instant, zone))
    }),
    { numRuns: 2_000 },
  )
})

test('the zone that the dates of two years fit is found, or one with the same days', () => {
  for (const zone of zones) {
    const days = Array.from({ length: 104 }, (_, week) => addDays('2025-01-06' as Day, week * 7 + (week % 5)))
    const instants = days.map((day) => startOf(day, zone))
    const known = days.map((day, index) => ({ day, instantMs: instants[index] ?? 0 }))
    const found = findTimeZone(instants, known, undefined, 'Europe/Berlin')
    expect(instants.map((instant) => dayStartingAt(instant, found ?? ''))).toEqual(days)
  }
})

test('this machine’s own zone comes before others that fit alike, and UTC before all', () => {
  const kolkata = ['2026-01-01', '2026-07-01'].map((day) => startOf(day as Day, 'Asia/Kolkata'))
  expect(findTimeZone(kolkata, [], undefined, 'Asia/Colombo')).toBe('Asia/Colombo')
  expect(findTimeZone(kolkata, [], undefined, 'UTC')).toBe('Asia/Kolkata')
  expect(findTimeZone(kolkata, [], undefined, 'Asia/Calcutta')).toBe('Asia/Kolkata')
  const winter = [startOf('2026-01-01' as Day, 'UTC')]
  expect(findTimeZone(winter, [], undefined, 'Europe/London')).toBe('UTC')
  expect(timeZonesFitting([], ['UTC'], [])).toEqual([])
})

test('a few dates that were written by hand do not hide the zone; many do', () => {
  const days = Array.from({ length: 40 }, (_, index) => startOf(addDays('2026-01-01' as Day, index), 'Asia/Tokyo'))
  expect(findTimeZone([...days, Date.parse('2026-03-03T11:11:00Z')], [], undefined, 'UTC')).toBe('Asia/Tokyo')
  const scattered = days.map((instant, index) => instant + index * 61_000)
  expect(() => findTimeZone(scattered, [], undefined, 'UTC')).toThrow('time zone')
})

test('the day on which a renewal’s period begins is read from its item', () => {
  expect(periodStart('Starter VPS (Aug 07, 2026 - Sep 07, 2026)')).toBe('2026-08-07')
  expect(periodStart('Starter (VPS) (Feb 28, 2028 - Mar 28, 2028) x2')).toBe('2028-02-28')
  for (const text of ['Starter VPS', '(Aug 7, 2026)', '(Foo 07, 2026 - Bar 07, 2026)', '(Feb 30, 2026 - Mar 30, 2026)']) expect(periodStart(text)).toBeNull()
})

test('leap days, years’ ends and differences', () => {
  expect(addDays('2028-02-28' as Day, 1)).toBe('2028-02-29')
  expect(addDays('2027-02-28' as Day, 1)).toBe('2027-03-01')
  expect(addDays('2026-12-31' as Day, 1)).toBe('2027-01-01')
  expect(daysBetween('2028-02-01' as Day, '2028-03-01' as Day)).toBe(29)
  expect(daysBetween('2026-03-30' as Day, '2026-03-27' as Day)).toBe(-3)
  expect(latestDay('2026-03-30' as Day, '2026-04-01' as Day, '2025-12-31' as Day)).toBe('2026-04-01')
})

test('moving a day and measuring the distance agree', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: -5_000, max: 5_000 }), (day, distance) => {
      expect(daysBetween(day, addDays(day, distance))).toBe(distance)
      expect(parseDay(addDays(day, distance))).not.toBeNull()
    }),
  )
})

test.each(['2026-02-30', '2026-13-01', '2026-1-1', '2026-01-01T00:00:00Z', '', 'today', '02026-01-01'])('%j is no day', (text) => {
  expect(parseDay(text)).toBeNull()
})

test.each([null, undefined, 5, '', '2026-12-07 00:00:00', '2026-12-07T00:00:00', '2026-13-07T00:00:00Z', 'tomorrow', {}])('%j is no instant', (raw) => {
  expect(readInstant(raw)).toBeNull()
})
