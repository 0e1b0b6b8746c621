// A month's whole report: as a page, and saved by itself on the first of the next month with every table as CSV beside it.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { tableCsv } from '../../../shared/domain/revenue/cells.ts'
import { reportNames, reportTitles, type ReportName } from '../../../shared/domain/revenue/columns.ts'
import { monthOfDay, monthText, parseMonth, toEpochDay } from '../../../shared/domain/revenue/epochDay.ts'
import { zoneDaysOf } from '../../../shared/domain/revenue/zoneDays.ts'
import type { Context } from '../context.ts'
import { documentHtml, type Paper } from './paper.ts'
import type { ReportQuery, Reports } from './reports.ts'
import { readReportSettings } from './settings.ts'
import { tablesOf, type ReportTables } from './tables.ts'

export type Saved = MethodOutput<'reports.saved'>[number]

/** The name of the page within a month's folder, and of the PDF that the desktop app puts beside it. */
export const monthPage = 'report.html'
export const monthPdf = 'report.pdf'
const checkEveryMs = 60 * 60_000
/** Months of history that stand before the month in its tables by month. */
const historyMonths = 11
const tablesByMonth = new Set<ReportName>(['mrr', 'cash', 'churn'])

/** What is told of a report that was saved, e.g. to send it by mail. */
export type OnSaved = (saved: Saved) => void

export class MonthReports {
  readonly #context: Context
  readonly #reports: Reports
  readonly #onSaved: OnSaved
  #timer: NodeJS.Timeout | null = null

  /** @param onSaved called after a month's report was saved by itself: where mail, once set up, takes it from */
  constructor(context: Context, reports: Reports, onSaved: OnSaved = () => undefined) {
    this.#context = context
    this.#reports = reports
    this.#onSaved = onSaved
  }

  /** From now on the last month's report is saved as soon as billing was read completely in the new month. */
  start(): void {
    this.#timer = setInterval(() => {
      this.saveDue()
    }, checkEveryMs)
    this.#timer.unref()
    this.saveDue()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Saves the last month's report when it is due and not there yet. A folder that cannot be written is logged, and tried again. */
  saveDue(): Saved | null {
    const { log, db } = this.#context
    if (!readReportSettings(db.orm).monthly.on) return null
    const today = toEpochDay(this.#reports.today())
    const month = monthText(monthOfDay(today) - 1)
    const asOf = this.#reports.asOf()
    const isRead = asOf !== null && monthOfDay(zoneDaysOf(this.#reports.timeZone()).dayOf(asOf)) >= monthOfDay(today)
    if (!isRead || existsSync(join(this.#folderOf(month), monthPage))) return null
    const begins = this.#reports.mrr({ from: month, to: month }).about.begins
    if (begins === null || begins > month) return null
    try {
      const saved = this.save(month)
      this.#context.changed('reports')
      this.#onSaved(saved)
      return saved
    } catch (error) {
      log.error({ err: error, month }, 'the report of a month could not be saved')
      return null
    }
  }

  /** Saves a month's report; one that is there already is replaced. Throws `report.invalid-period` for a month that has not come. */
  save(month: string): Saved {
    const { paper } = readReportSettings(this.#context.db.orm).monthly
    const parts = this.#partsOf(month)
    const folder = this.#folderOf(month)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(folder)) if (/\.(csv|html|pdf)$/.test(name)) rmSync(join(folder, name))
    for (const table of parts.flatMap((part) => part.tables))
      writeWhole(join(folder, `${table.name}.csv`), `\uFEFF${tableCsv(table.name, table.rows)}\r\n`)
    // The page comes last: where it stands, the report is whole.
    writeWhole(join(folder, monthPage), documentHtml({ title: titleOf(month), paper, parts, madeAt: this.#context.clock.now() }))
    this.#context.log.info({ month, folder }, 'the report of a month was saved')
    return this.#savedIn(month)
  }

  saved(): Saved[] {
    const folder = join(this.#context.dataDir, 'reports')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => parseMonth(name) !== null && existsSync(join(folder, name, monthPage)))
      .sort()
      .reverse()
      .map((month) => this.#savedIn(month))
  }

  /** One report, or a month's whole one, as a page. */
  document({ report, query, paper }: MethodParsedInput<'reports.document'>): MethodOutput<'reports.document'> {
    if (report === 'month') {
      const month = query.from ?? this.#reports.today().slice(0, 7)
      return { name: `report-${month}`, html: this.#page(titleOf(month), this.#partsOf(month, query), paper) }
    }
    const part = tablesOf(this.#reports, report, query)
    const { from, to } = part.about
    return { name: `${report}-${from === to ? from : `${from}-to-${to}`}`, html: this.#page(reportTitles[report], [part], paper) }
  }

  #page(title: string, parts: readonly ReportTables[], paper: Paper): string {
    return documentHtml({ title, paper, parts, madeAt: this.#context.clock.now() })
  }

  #partsOf(month: string, query: Pick<ReportQuery, 'currency' | 'converted'> = {}): ReportTables[] {
    const number = parseMonth(month)
    if (number === null || number > monthOfDay(toEpochDay(this.#reports.today())))
      throw new Failure('report.invalid-period', `There is nothing to report of ${month} yet.`)
    const scope = {
      ...(query.currency === undefined ? {} : { currency: query.currency }),
      ...(query.converted === undefined ? {} : { converted: query.converted }),
    }
    return reportNames
      .filter((report) => report !== 'cohorts' && report !== 'forecast')
      .map((report) =>
        tablesOf(this.#reports, report, {
          ...scope,
          from: tablesByMonth.has(report) ? monthText(number - historyMonths) : month,
          to: month,
          every: 'month',
        }),
      )
      .concat(tablesOf(this.#reports, 'forecast', scope))
      .map((part, index) => (index === 0 ? { ...part, about: { ...part.about, from: month, to: month } } : part))
  }

  #folderOf(month: string): string {
    return join(this.#context.dataDir, 'reports', month)
  }

  #savedIn(month: string): Saved {
    const folder = this.#folderOf(month)
    return { month, folder, files: readdirSync(folder).sort(), savedAt: Math.round(statSync(join(folder, monthPage)).mtimeMs) }
  }
}

function titleOf(month: string): string {
  const words = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return `Report of ${words.format(Date.parse(`${month}-01T00:00:00Z`))}`
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 })
  renameSync(`${path}.part`, path)
}
