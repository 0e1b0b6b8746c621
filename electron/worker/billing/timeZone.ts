// Finds Paymenter's own time zone from the dates that it shows: each is the first instant of a day there.
import { dayOf, dayStartingAt, isTimeZone, parseDay, timeZonesFitting, type Day } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'

/** Of zones that fit alike, these are the likelier ones. */
const populous = [
  'Asia/Kolkata',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Paris',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Asia/Shanghai',
  'Asia/Singapore',
  'Asia/Jakarta',
  'Asia/Tokyo',
  'Asia/Dubai',
  'Asia/Karachi',
  'Asia/Dhaka',
  'Asia/Tehran',
  'Asia/Kathmandu',
  'Asia/Yangon',
  'Asia/Kabul',
  'Europe/Istanbul',
  'Europe/Kyiv',
  'Europe/Moscow',
  'Africa/Lagos',
  'Africa/Cairo',
  'Africa/Nairobi',
  'America/Argentina/Buenos_Aires',
  'America/Bogota',
  'America/Mexico_City',
  'Australia/Sydney',
  'Australia/Brisbane',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Honolulu',
]
const mostDates = 300
/** When no zone fits all dates (a few were written by hand), one that fits nearly all is taken; the others are then shown as unreadable. */
const nearlyAll = 0.9

/** Old names that runtimes still list for zones that have a newer one. */
const newerNames: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Europe/Kiev': 'Europe/Kyiv',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'Etc/UTC': 'UTC',
}

function modern(zone: string): string {
  const newer = newerNames[zone]
  return newer !== undefined && isTimeZone(newer) ? newer : zone
}

/** Evenly chosen, so that both sides of a clock change are among them. */
function sample(instantsMs: readonly number[], most: number): number[] {
  const unique = [...new Set(instantsMs)].sort((a, b) => a - b)
  const step = Math.max(1, unique.length / most)
  return Array.from({ length: Math.min(unique.length, most) }, (_, index) => unique[Math.floor(index * step)] ?? 0)
}

/** A date of which the day is known from elsewhere. */
export interface KnownDay {
  readonly instantMs: number
  readonly day: Day
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The day on which the period of a renewal begins, as its item says: `Starter VPS (Aug 07, 2026 - Sep 07, 2026)`; null when it says none. */
export function periodStart(description: string): Day | null {
  const match = /\((\w{3}) (\d{2}), (\d{4}) - \w{3} \d{2}, \d{4}\)/.exec(description)
  const month = months.indexOf(match?.[1] ?? '') + 1
  return match === null || month === 0 ? null : parseDay(`${match[3] ?? ''}-${String(month).padStart(2, '0')}-${match[2] ?? ''}`)
}

/** Midnight at UTC+14 is midnight at UTC−10 a day earlier: the same dates fit both, and only known days tell them apart. */
function mostAgreeing(zones: readonly string[], known: readonly KnownDay[]): string[] {
  const agreeing = zones.map((zone) => known.filter(({ instantMs, day }) => dayOf(instantMs, zone) === day).length)
  const most = Math.max(0, ...agreeing)
  return zones.filter((_, index) => agreeing[index] === most)
}

function shareThatFits(instantsMs: readonly number[], zone: string): number {
  return instantsMs.filter((instant) => dayStartingAt(instant, zone) !== null).length / instantsMs.length
}

/**
 * The zone, or null when there are no dates and none was given.
 * @param instantsMs the dates as they were sent
 * @param known days that are known from elsewhere, to choose between zones that fit alike
 * @param given what the operator says; refused (`billing.time-zone`) where the dates say otherwise
 * @param machineZone this machine's own zone: likelier than others
 */
export function findTimeZone(instantsMs: readonly number[], known: readonly KnownDay[], given: string | undefined, machineZone: string): string | null {
  if (given !== undefined && (!isTimeZone(given) || !/^[A-Za-z]/.test(given))) {
    throw new Failure('billing.time-zone', `“${given.slice(0, 60)}” is not a time zone that this machine knows.`, 'Write it like Asia/Kolkata, Europe/Berlin or UTC.')
  }
  const dates = sample(instantsMs, mostDates)
  if (dates.length === 0) return given ?? null
  const candidates = Intl.supportedValuesOf('timeZone').map(modern)
  const dated = sample(known.map((entry) => entry.instantMs), mostDates)
  const telling = known.filter((entry) => dated.includes(entry.instantMs)).slice(0, mostDates)
  const preferred = given === undefined ? [modern(machineZone), ...populous] : [given, modern(machineZone), ...populous]
  const exact = mostAgreeing(timeZonesFitting(dates, candidates, preferred), telling)
  const fits = (zone: string): boolean => (exact.length > 0 ? exact.includes(zone) : shareThatFits(dates, zone) >= nearlyAll)
  if (given !== undefined) {
    if (fits(given)) return given
    const likely = exact[0] ?? candidates.find(fits)
    throw new Failure(
      'billing.time-zone',
      `Paymenter’s dates do not begin at midnight in ${given}${likely === undefined ? '' : `, but in ${likely}`}.`,
      'Leave the time zone out: it is found from the dates.',
    )
  }
  const found = exact[0] ?? [...new Set(['UTC', modern(machineZone), ...populous, ...candidates])].find(fits)
  if (found !== undefined) return found
  throw new Failure(
    'billing.time-zone',
    'Paymenter’s dates do not begin at midnight in any one time zone, so no day could be told for sure.',
    'See that Paymenter’s time zone (Settings → General) is the one in which its invoices were written.',
  )
}
