// Finds Paymenter's own time zone from the dates that it shows: each is the first instant of a day there.
import { dayStartingAt, isTimeZone, timeZonesFitting } from '../../../shared/domain/calendar.ts'
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

function shareThatFits(instantsMs: readonly number[], zone: string): number {
  return instantsMs.filter((instant) => dayStartingAt(instant, zone) !== null).length / instantsMs.length
}

/**
 * The zone, or null when there are no dates and none was given.
 * @param instantsMs the dates as they were sent
 * @param given what the operator says; refused (`billing.time-zone`) where the dates say otherwise
 * @param machineZone this machine's own zone: likelier than others
 */
export function findTimeZone(instantsMs: readonly number[], given: string | undefined, machineZone: string): string | null {
  if (given !== undefined && (!isTimeZone(given) || !/^[A-Za-z]/.test(given))) {
    throw new Failure('billing.time-zone', `“${given.slice(0, 60)}” is not a time zone that this machine knows.`, 'Write it like Asia/Kolkata, Europe/Berlin or UTC.')
  }
  const dates = sample(instantsMs, mostDates)
  if (dates.length === 0) return given ?? null
  const candidates = Intl.supportedValuesOf('timeZone').map(modern)
  const exact = timeZonesFitting(dates, candidates, [modern(machineZone), ...populous])
  const fits = (zone: string): boolean => shareThatFits(dates, zone) >= (exact.length > 0 ? 1 : nearlyAll)
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
