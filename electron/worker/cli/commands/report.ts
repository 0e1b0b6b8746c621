// `report …`: revenue, cash, receivables and the rest, from the mirror and the daily record; nothing is asked of any peer.
import { Argument, type Command } from 'commander'
import type { Client } from '../../../../shared/contract/client.ts'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { Failure } from '../../../../shared/domain/failure.ts'
import { jsonRow, plainCell, tableCsv, type ReportRow } from '../../../../shared/domain/revenue/cells.ts'
import { reportColumns, reportNames, type ReportName } from '../../../../shared/domain/revenue/columns.ts'
import { parseMonth } from '../../../../shared/domain/revenue/epochDay.ts'
import { type Exit, perform } from '../exit.ts'
import { type Cell, table } from '../terminalText.ts'

interface ReportOptions {
  readonly from?: string
  readonly to?: string
  readonly currency?: string
  readonly csv?: boolean
}

type Query = MethodInput<'reports.mrr'>

const nothing = 'Nothing in this period. `billing sync` reads Paymenter; `billing status` says how old the mirror is.'

function month(flag: string, text: string): string {
  if (parseMonth(text) === null) throw new Failure('cli.invalid-value', `${flag} must be a month like 2026-11, not “${text}”.`)
  return text
}

function currency(text: string): string {
  if (!/^[A-Za-z]{3}$/.test(text))
    throw new Failure('cli.invalid-value', `--currency must be a code of three letters like INR, not “${text}”.`)
  return text.toUpperCase()
}

function queryOf({ from, to, currency: code }: ReportOptions): Query {
  return {
    every: 'month',
    ...(from === undefined ? {} : { from: month('--from', from) }),
    ...(to === undefined ? {} : { to: month('--to', to) }),
    ...(code === undefined ? {} : { currency: currency(code) }),
  }
}

async function rowsOf(client: Client, name: ReportName, query: Query): Promise<{ rows: readonly ReportRow[]; leftOut: string[] }> {
  const { rows, about } = await client.call(`reports.${name}`, query)
  return { rows, leftOut: about.leftOut.map(({ count, message }) => `${count}: ${message}`) }
}

/** Cells under each other: amounts and numbers end in the same place. */
function textOf(name: ReportName, rows: readonly ReportRow[]): string {
  const columns = reportColumns[name].filter((column) => column.appOnly !== true)
  const cells = columns.map((column) => {
    const values = rows.map((row) => plainCell(column, row))
    if (column.kind === 'text' || column.kind === 'flag') return values
    const width = Math.max(...values.map((value) => String(value ?? '-').length))
    return values.map((value): Cell => String(value ?? '-').padStart(width))
  })
  const heads = columns.map((column) => column.header)
  return table(
    heads,
    rows.map((_, index) => cells.map((column) => column[index] ?? null)),
    nothing,
  )
}

export function addReportCommand(program: Command, exit: Exit): void {
  const report = program
    .command('report')
    .description('revenue, cash, receivables, churn, where it is earned, what is coming; offline')
    .addArgument(new Argument('<report>', 'which report').choices(reportNames))
    .option('--from <month>', 'the first month, YYYY-MM; else the first of which anything is known')
    .option('--to <month>', 'the last month, YYYY-MM; else this one')
    .option('--currency <code>', 'only this currency; else each in rows of its own')
    .option('--csv', 'as CSV')
  report.action((name: ReportName, options: ReportOptions) =>
    perform(report, exit, async ({ client, tell }) => {
      const { rows, leftOut } = await rowsOf(client, name, queryOf(options))
      for (const line of leftOut) tell(`Left out or in part, ${line}`)
      return { json: rows.map((row) => jsonRow(name, row)), text: options.csv === true ? tableCsv(name, rows) : textOf(name, rows) }
    }),
  )
}
