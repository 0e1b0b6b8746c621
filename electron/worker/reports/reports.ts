// Reports over the mirror and the daily record. They read this machine's database and nothing else: no report makes a connection.
import { lastCompleteRun, storedConnection } from '../../../db/repositories/billingSync.ts'
import { readCredits, readRevenueNodes } from '../../../db/repositories/revenueFacts.ts'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { dayOf, parseDay, type Day } from '../../../shared/domain/calendar.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type CustomerId, type NodeId } from '../../../shared/domain/ids.ts'
import { cashRows } from '../../../shared/domain/revenue/cash.ts'
import { converterOf, type Rates } from '../../../shared/domain/revenue/convert.ts'
import { churnRows } from '../../../shared/domain/revenue/churn.ts'
import { cohortRows } from '../../../shared/domain/revenue/cohorts.ts'
import { customerRows, nodeRows, planRows } from '../../../shared/domain/revenue/earned.ts'
import {
  firstDayOf,
  fromEpochDay,
  lastDayOf,
  monthOfDay,
  monthText,
  parseMonth,
  toEpochDay,
  type EpochDay,
  type EpochMonth,
} from '../../../shared/domain/revenue/epochDay.ts'
import { leftOutReasons } from '../../../shared/domain/revenue/facts.ts'
import { forecastRows } from '../../../shared/domain/revenue/forecast.ts'
import type { Ledger } from '../../../shared/domain/revenue/ledger.ts'
import { mrrRows } from '../../../shared/domain/revenue/movements.ts'
import { periodsBetween, type Every, type Period } from '../../../shared/domain/revenue/periods.ts'
import { creditRows, debtorRows, receivablesRows, type CreditFact } from '../../../shared/domain/revenue/receivables.ts'
import { rowsBehind } from '../../../shared/domain/revenue/drill.ts'
import type { Context } from '../context.ts'
import { LedgerCache, type LedgerView } from './ledgerCache.ts'
import { ratesInForce, readReportSettings } from './settings.ts'

export type ReportQuery = MethodParsedInput<'reports.mrr'>
type About = MethodOutput<'reports.mrr'>['about']

/** Everything that a question comes to: the ledger, the months, the currencies. */
interface Asked {
  readonly view: LedgerView
  readonly ledger: Ledger
  readonly currencies: readonly string[]
  readonly from: EpochMonth
  readonly to: EpochMonth
  readonly periods: readonly Period[]
  /** From the first day to the last of all periods; the end not after today. */
  readonly whole: { readonly from: EpochDay; readonly to: EpochDay }
  readonly about: About
}

const leftOutShown = 200
const earliest = parseMonth('1970-01') ?? 0

function daysOf<R extends { readonly from: EpochDay; readonly to: EpochDay }>(
  rows: readonly R[],
): (Omit<R, 'from' | 'to'> & { from: Day; to: Day })[] {
  return rows.map((row) => ({ ...row, from: fromEpochDay(row.from), to: fromEpochDay(row.to) }))
}

export class Reports {
  readonly #context: Context
  readonly #cache: LedgerCache

  constructor(context: Context) {
    this.#context = context
    this.#cache = new LedgerCache(context.db)
  }

  close(): void {
    this.#cache.close()
  }

  mrr(query: ReportQuery): MethodOutput<'reports.mrr'> {
    const asked = this.#ask(query)
    return {
      about: asked.about,
      rows: daysOf(inPeriodOrder(asked, (currency) => mrrRows(asked.ledger, currency, asked.view.movements(currency), asked.periods))),
    }
  }

  cash(query: ReportQuery): MethodOutput<'reports.cash'> {
    const asked = this.#ask(query)
    return { about: asked.about, rows: daysOf(inPeriodOrder(asked, (currency) => cashRows(asked.ledger, currency, asked.periods))) }
  }

  churn(query: ReportQuery): MethodOutput<'reports.churn'> {
    const asked = this.#ask(query)
    return {
      about: asked.about,
      rows: daysOf(inPeriodOrder(asked, (currency) => churnRows(asked.ledger, currency, asked.view.movements(currency), asked.periods))),
    }
  }

  receivables(query: ReportQuery): MethodOutput<'reports.receivables'> {
    const { about, ledger, view, currencies, whole } = this.#ask(query)
    return {
      about,
      rows: currencies.flatMap((currency) => receivablesRows(ledger, currency, whole.to)),
      debtors: currencies
        .flatMap((currency) => debtorRows(ledger, currency, whole.to))
        .map((row) => ({ ...row, customer: nameOf(view.names.customers, row.customerId) })),
      credits: this.#credits(query, about.rates)?.map((row) => ({ ...row, customer: nameOf(view.names.customers, row.customerId) })) ?? null,
    }
  }

  plans(query: ReportQuery): MethodOutput<'reports.plans'> {
    const { about, ledger, view, currencies, whole } = this.#ask(query)
    const rows = currencies.flatMap((currency) => planRows(ledger, currency, view.movements(currency), whole))
    return { about, rows: rows.map((row) => ({ ...row, product: nameOf(view.names.products, row.productId) })) }
  }

  nodes(query: ReportQuery): MethodOutput<'reports.nodes'> {
    const { about, ledger, currencies, whole } = this.#ask(query)
    const { nodes, links } = readRevenueNodes(this.#context.db)
    return { about, rows: currencies.flatMap((currency) => nodeRows(ledger, currency, whole.to, links, nodes)) }
  }

  customers(query: ReportQuery): MethodOutput<'reports.customers'> {
    const { about, ledger, view, currencies, whole } = this.#ask(query)
    const rows = currencies.flatMap((currency) => customerRows(ledger, currency, whole))
    return { about, rows: rows.map((row) => ({ ...row, customer: nameOf(view.names.customers, row.customerId) })) }
  }

  cohorts(query: ReportQuery): MethodOutput<'reports.cohorts'> {
    const { about, ledger, view, currencies, from, to } = this.#ask(query)
    return { about, rows: currencies.flatMap((currency) => cohortRows(ledger, currency, view.movements(currency), from, to)) }
  }

  forecast(query: ReportQuery): MethodOutput<'reports.forecast'> {
    const { about, ledger, currencies } = this.#ask(query)
    return { about, rows: currencies.flatMap((currency) => forecastRows(ledger, currency)) }
  }

  /** The rows behind a figure. Throws `report.invalid-period` for days that are none. */
  rows(request: MethodParsedInput<'reports.rows'>): MethodOutput<'reports.rows'> {
    const { currency, figure, planKey, cohort, bucket, nodeId, customerId } = request
    const from = parseDay(request.from)
    const to = parseDay(request.to)
    if (from === null || to === null) throw new Failure('report.invalid-period', 'That is not a day of the calendar.')
    const { view, ledger } = this.#ask({ currency, converted: request.converted === true })
    const { links } = readRevenueNodes(this.#context.db)
    const rows = rowsBehind(ledger, view.movements(currency), links, {
      figure,
      currency,
      from: toEpochDay(from),
      to: toEpochDay(to),
      planKey,
      cohort,
      bucket,
      nodeId: typeof nodeId === 'string' ? asId<NodeId>(nodeId) : nodeId,
      customerId: typeof customerId === 'number' ? asId<CustomerId>(customerId) : customerId,
    })
    return {
      currency,
      sumMinor: rows.reduce((sum, row) => sum + row.amountMinor, 0),
      rows: rows.map(({ productId, day, ...row }) => ({
        ...row,
        customer: nameOf(view.names.customers, row.customerId),
        product: nameOf(
          view.names.products,
          productId ?? (row.serviceId === null ? null : (ledger.services.get(row.serviceId)?.productId ?? null)),
        ),
        day: day === null ? null : fromEpochDay(day),
      })),
    }
  }

  /** Paymenter's zone, as it was last known; UTC before it ever was. */
  timeZone(): string {
    return storedConnection(this.#context.db.orm)?.timeZone ?? 'UTC'
  }

  today(): Day {
    return dayOf(this.#context.clock.now(), this.timeZone())
  }

  /** When the facts were last complete. */
  asOf(): number | null {
    return lastCompleteRun(this.#context.db.orm)?.startedAt ?? null
  }

  #ask(query: ReportQuery): Asked {
    const { orm } = this.#context.db
    const timeZone = this.timeZone()
    const today = this.today()
    const rates = query.converted === true ? ratesInForce(orm) : null
    if (query.converted === true && rates === null) {
      throw new Failure(
        'report.no-rates',
        'Amounts of different currencies are not added: no rates between them are in force.',
        'Enter your rates under Reports, Settings, and switch them on.',
      )
    }
    const view = this.#cache.view(timeZone, today, rates)
    const { ledger } = view
    const thisMonth = monthOfDay(ledger.today)
    const begins = ledger.firstDay === null ? null : Math.min(monthOfDay(ledger.firstDay), thisMonth)
    const from = Math.max(earliest, this.#month(query.from) ?? begins ?? thisMonth)
    const wishedTo = this.#month(query.to) ?? thisMonth
    if (query.from !== undefined && query.to !== undefined && from > wishedTo) {
      throw new Failure('report.invalid-period', `The period ends (${query.to}) before it begins (${query.from}).`)
    }
    const to = Math.min(thisMonth, wishedTo)
    const every: Every = query.every ?? 'month'
    const firstMonth = query.firstMonth ?? readReportSettings(orm).firstMonth
    const periods = from > to ? [] : periodsBetween(from, to, every, firstMonth)
    const currencies = query.currency === undefined || rates !== null ? ledger.currencies : [query.currency]
    const first = periods[0]?.from ?? firstDayOf(from)
    return {
      view,
      ledger,
      currencies,
      from,
      to,
      periods,
      whole: { from: first, to: Math.min(ledger.today, periods.at(-1)?.to ?? lastDayOf(to)) },
      about: {
        today,
        timeZone,
        from: monthText(from),
        to: monthText(Math.max(from, to)),
        every,
        firstMonth,
        asOf: this.asOf(),
        recordedSince: ledger.recordDays.first === null ? null : fromEpochDay(ledger.recordDays.first),
        begins: begins === null ? null : monthText(begins),
        currencies: [...this.#cache.view(timeZone, today, null).ledger.currencies],
        rates: rates === null ? null : { base: rates.base, rates: { ...rates.rates } },
        leftOut: leftOutOf(ledger),
      },
    }
  }

  /** Converted where that is asked; a currency without a rate is left out, as everywhere. */
  #credits({ currency }: ReportQuery, rates: Rates | null): CreditFact[] | null {
    const credits = readCredits(this.#context.db)
    if (credits === null) return null
    if (rates === null) return creditRows(credits.filter((credit) => currency === undefined || credit.currency === currency))
    return creditRows(
      credits.flatMap((credit) => {
        const convert = converterOf(credit.currency, rates)
        return convert === null ? [] : [{ ...credit, currency: rates.base, amountMinor: convert(credit.amountMinor) }]
      }),
    )
  }

  #month(text: string | undefined): EpochMonth | null {
    return text === undefined ? null : parseMonth(text)
  }
}

/** Rows of every currency, period by period. */
function inPeriodOrder<R extends { readonly from: EpochDay }>({ currencies }: Asked, rowsOf: (currency: string) => readonly R[]): R[] {
  return currencies.flatMap(rowsOf).sort((a, b) => a.from - b.from)
}

function nameOf(names: ReadonlyMap<number, string>, id: number | null): string | null {
  return id === null ? null : (names.get(id) ?? `#${id}`)
}

function leftOutOf(ledger: Ledger): About['leftOut'] {
  const groups = new Map<string, About['leftOut'][number]>()
  for (const { reason, serviceId, invoiceId } of ledger.leftOut) {
    const group = groups.get(reason) ?? { reason, message: leftOutReasons[reason], count: 0, services: [], invoices: [] }
    groups.set(reason, group)
    group.count += 1
    if (serviceId !== null && group.services.length < leftOutShown) group.services.push(serviceId)
    if (invoiceId !== null && group.invoices.length < leftOutShown) group.invoices.push(invoiceId)
  }
  return [...groups.values()]
}
