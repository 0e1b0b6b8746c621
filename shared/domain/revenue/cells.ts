// One cell of a report's table: as plain text with its currency's decimals, for CSV and JSON, and for the eye.
import { currencyExponent, formatDecimal } from '../money.ts'
import { bucketWords, reportColumns, type ReportColumn, type TableName } from './columns.ts'

export type ReportRow = Readonly<Record<string, unknown>>

const formatters = new Map<string, Intl.NumberFormat | null>()

function formatterOf(currency: string): Intl.NumberFormat | null {
  const known = formatters.get(currency)
  if (known !== undefined) return known
  const digits = currencyExponent(currency)
  let made: Intl.NumberFormat | null = null
  try {
    made = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  } catch {
    // A code that is not one stands behind the plain amount.
  }
  formatters.set(currency, made)
  return made
}

/** `₹1,999.00`, negative ones with a minus in front; an unknown code stands behind. */
export function moneyWords(amountMinor: number, currency: string): string {
  const decimal = formatDecimal({ amountMinor, currency })
  return formatterOf(currency)?.format(decimal as Intl.StringNumericLiteral) ?? `${decimal} ${currency}`
}

const plainNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

/** A row's own text under a key; empty when it has none. */
export function textOf(row: ReportRow, key: string): string {
  const value = row[key]
  return typeof value === 'string' ? value : ''
}

function currencyOf(row: ReportRow): string {
  return textOf(row, 'currency')
}

/** What is missing in words: services without a VM have no node, and what nobody is known of has no customer. */
function missing(column: ReportColumn): string {
  if (column.key === 'node') return 'not linked'
  return column.key === 'customer' || column.key === 'product' ? 'not known' : ''
}

/** For CSV: money in decimals of its currency, nothing formatted; null is empty. */
export function plainCell(column: ReportColumn, row: ReportRow): string | number | null {
  const value = row[column.key]
  if (column.kind === 'money') return typeof value === 'number' ? formatDecimal({ amountMinor: value, currency: currencyOf(row) }) : null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return value
  return typeof value === 'string' ? value : missing(column) === '' ? null : missing(column)
}

/** For the eye; a dash where there is nothing. */
export function cellWords(column: ReportColumn, row: ReportRow): string {
  const value = row[column.key]
  if (typeof value === 'boolean') return value ? 'yes' : ''
  if (typeof value === 'number') {
    if (column.kind === 'money') return moneyWords(value, currencyOf(row))
    if (column.kind === 'mib') return `${plainNumber.format(Math.round((value / 1024) * 10) / 10)} GB`
    return column.kind === 'percent' ? `${plainNumber.format(value)} %` : plainNumber.format(value)
  }
  if (typeof value === 'string') return column.key === 'bucket' ? (bucketWords[value] ?? value) : value
  return missing(column) === '' ? '–' : missing(column)
}

function csvField(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  // A text that begins like a formula is run by spreadsheets; the apostrophe makes it text. Plain numbers stay numbers.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A table as CSV (RFC 4180) with a header, CRLF between its lines. */
export function tableCsv(table: TableName, rows: readonly ReportRow[]): string {
  const columns = reportColumns[table]
  return [columns.map((column) => csvField(column.header)), ...rows.map((row) => columns.map((column) => csvField(plainCell(column, row))))]
    .map((fields) => fields.join(','))
    .join('\r\n')
}

/** Ids that stand beside names in the command line's JSON. */
const jsonIds: Partial<Record<TableName, readonly string[]>> = { plans: ['productId'], customers: ['customerId'], debtors: ['customerId'] }

/** A row as the command line's JSON has it: the columns' own keys, nothing that is the app's alone. */
export function jsonRow(table: TableName, row: ReportRow): Record<string, unknown> {
  const ids = (jsonIds[table] ?? []).map((key): [string, unknown] => [key, row[key] ?? null])
  const columns = reportColumns[table].filter((column) => column.appOnly !== true)
  return Object.fromEntries([
    ...ids,
    ...columns.map((column): [string, unknown] => [column.jsonKey ?? column.key, row[column.key] ?? null]),
  ])
}
