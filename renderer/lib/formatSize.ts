// Memory, disk, counts and shares for the eye.
import { madeOnce } from './madeOnce.ts'

const numbers = madeOnce(() => new Intl.NumberFormat())
const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** A figure and its unit apart, so that the unit can be set smaller: 1024 to the next one, as memory is sold. */
export function sizeParts(bytes: number): { value: string; unit: string } {
  if (!Number.isFinite(bytes) || bytes < 0) return { value: '–', unit: '' }
  let amount = bytes
  let index = 0
  while (amount >= 1024 && index < units.length - 1) {
    amount /= 1024
    index += 1
  }
  const value = amount >= 100 || Number.isInteger(amount) ? Math.round(amount) : Math.round(amount * 10) / 10
  return { value: numbers().format(value), unit: units[index] ?? '' }
}

/** `2.5 GB`. */
export function formatBytes(bytes: number): string {
  const { value, unit } = sizeParts(bytes)
  return unit === '' ? value : `${value} ${unit}`
}

export function formatMemory(memoryKiB: number): string {
  return formatBytes(memoryKiB * 1024)
}

/** `12 of 64 GB`: both in the unit of the whole. */
export function formatOf(partBytes: number, wholeBytes: number): string {
  const whole = sizeParts(wholeBytes)
  const exponent = units.indexOf(whole.unit)
  if (exponent < 0) return '–'
  const part = partBytes / 1024 ** exponent
  const rounded = part >= 100 || Number.isInteger(part) ? Math.round(part) : Math.round(part * 10) / 10
  return `${numbers().format(rounded)} of ${whole.value} ${whole.unit}`
}

export function formatPercent(percent: number): string {
  return `${percent >= 10 ? Math.round(percent) : Math.round(percent * 10) / 10} %`
}

/** `1 VM`, `54 VMs`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${numbers().format(amount)} ${amount === 1 ? one : many}`
}
