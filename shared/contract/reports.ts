// Reports: revenue, cash, receivables, churn, where it is earned, cohorts and forecast; the rows behind each figure; their settings.
import { z } from 'zod'
import { ageBuckets } from '../domain/revenue/receivables.ts'
import { drillFigures } from '../domain/revenue/drill.ts'
import { reportNames } from '../domain/revenue/columns.ts'
import { day, done, failure, instant, method, money, nodeId, nothing, paymenterId } from './define.ts'

const reportMonth = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month like 2026-11')
const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code like INR')

/** Which part of the past: months `from` to `to` (all there is unless said), in one currency or each by itself. */
const reportQuery = z.object({
  /** Every currency that occurs, each in rows of its own, unless said. */
  currency: currencyCode.optional(),
  /** All currencies in one, at the operator's own rates. `currency` is then the rates' base. */
  converted: z.boolean().optional(),
  from: reportMonth.optional(),
  to: reportMonth.optional(),
  every: z.enum(['month', 'quarter', 'year']).optional(),
  /** The month (1 to 12) in which a year begins; the setting's unless said. */
  firstMonth: z.number().int().min(1).max(12).optional(),
})

export const leftOut = z.object({
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  /** The first of them. */
  services: z.array(paymenterId),
  invoices: z.array(paymenterId),
})

/** What stands over every report. */
const reportAbout = z.object({
  today: day,
  timeZone: z.string(),
  from: reportMonth,
  to: reportMonth,
  every: z.enum(['month', 'quarter', 'year']),
  firstMonth: z.number(),
  /** The beginning of the last complete sync: how old the facts are. */
  asOf: instant.nullable(),
  /** Since when services are recorded daily; before that is reconstructed. */
  recordedSince: day.nullable(),
  /** The first month of which anything is known. */
  begins: reportMonth.nullable(),
  currencies: z.array(z.string()),
  /** Set when amounts were converted. */
  rates: z.object({ base: z.string(), rates: z.record(z.string(), z.string()) }).nullable(),
  leftOut: z.array(leftOut),
})

const percent = z.number().nullable()
const amountMinor = z.number().int()
const inPeriod = { period: z.string(), from: day, to: day, currency: z.string() }

const mrrRow = z.object({
  ...inPeriod,
  openingMinor: amountMinor,
  newMinor: amountMinor,
  reactivationMinor: amountMinor,
  expansionMinor: amountMinor,
  contractionMinor: amountMinor,
  churnMinor: amountMinor,
  closingMinor: amountMinor,
  atRiskMinor: amountMinor,
  services: z.number(),
  customers: z.number(),
  reconstructed: z.boolean(),
})

const cashRow = z.object({
  ...inPeriod,
  invoicedMinor: amountMinor,
  collectedMinor: amountMinor,
  uncertainMinor: amountMinor,
  invoices: z.number(),
  payments: z.number(),
  collectionRate: percent,
  daysSalesOutstanding: z.number().nullable(),
  owedMinor: amountMinor,
})

const receivablesRow = z.object({ currency: z.string(), bucket: z.enum(ageBuckets), invoices: z.number(), amountMinor })

const debtorRow = z.object({
  customerId: paymenterId.nullable(),
  customer: z.string().nullable(),
  currency: z.string(),
  invoices: z.number(),
  notDueMinor: amountMinor,
  late1To7Minor: amountMinor,
  late8To30Minor: amountMinor,
  late31To60Minor: amountMinor,
  lateOver60Minor: amountMinor,
  owedMinor: amountMinor,
  oldestDueOn: day.nullable(),
})

export const creditRow = z.object({ customerId: paymenterId.nullable(), customer: z.string().nullable(), currency: z.string(), amountMinor })

const churnRow = z.object({
  ...inPeriod,
  payingCustomers: z.number(),
  lostCustomers: z.number(),
  customerChurnPercent: percent,
  churnVoluntaryMinor: amountMinor,
  churnInvoluntaryMinor: amountMinor,
  contractionMinor: amountMinor,
  revenueChurnPercent: percent,
  netRevenueChurnPercent: percent,
  arpuMinor: amountMinor.nullable(),
  lifetimeMonths: z.number().nullable(),
  quickRatio: z.number().nullable(),
  trials: z.number(),
  trialsConverted: z.number(),
  trialConversionPercent: percent,
})

const planReportRow = z.object({
  key: z.string(),
  productId: paymenterId.nullable(),
  product: z.string().nullable(),
  plan: z.string(),
  currency: z.string(),
  services: z.number(),
  customers: z.number(),
  mrrMinor: amountMinor,
  atRiskMinor: amountMinor,
  sharePercent: percent,
  newMinor: amountMinor,
  churnMinor: amountMinor,
})

const nodeReportRow = z.object({
  nodeId: nodeId.nullable(),
  /** Null: services that are linked to no VM. */
  node: z.string().nullable(),
  currency: z.string(),
  services: z.number(),
  customers: z.number(),
  mrrMinor: amountMinor,
  atRiskMinor: amountMinor,
  sharePercent: percent,
  costMinor: amountMinor.nullable(),
  marginMinor: amountMinor.nullable(),
  memorySoldMiB: z.number().nullable(),
  memoryUnsoldMiB: z.number().nullable(),
  perGbMinor: amountMinor.nullable(),
  unsoldMinor: amountMinor.nullable(),
})

const customerReportRow = z.object({
  customerId: paymenterId.nullable(),
  customer: z.string().nullable(),
  currency: z.string(),
  services: z.number(),
  mrrMinor: amountMinor,
  atRiskMinor: amountMinor,
  sharePercent: percent,
  cumulativePercent: percent,
  collectedMinor: amountMinor,
  owedMinor: amountMinor,
  firstPaidMonth: reportMonth.nullable(),
  averageDaysLate: z.number().nullable(),
})

const cohortRow = z.object({
  cohort: reportMonth,
  month: reportMonth,
  age: z.number(),
  currency: z.string(),
  customers: z.number(),
  activeCustomers: z.number(),
  retentionPercent: percent,
  mrrMinor: amountMinor,
  collectedMinor: amountMinor,
})

const forecastRow = z.object({
  asOf: day,
  days: z.number(),
  currency: z.string(),
  renewals: z.number(),
  dueMinor: amountMinor,
  lowMinor: amountMinor,
  expectedMinor: amountMinor,
  highMinor: amountMinor,
  /** Null while the days are not over. */
  cameMinor: amountMinor.nullable(),
})

const answer = <T extends z.ZodType>(row: T) => z.object({ about: reportAbout, rows: z.array(row) })

const drillRequest = z.object({
  figure: z.enum(drillFigures),
  currency: currencyCode,
  converted: z.boolean().optional(),
  from: day,
  to: day,
  planKey: z.string().max(100).optional(),
  nodeId: nodeId.nullable().optional(),
  customerId: paymenterId.nullable().optional(),
  cohort: reportMonth.optional(),
  bucket: z.enum(ageBuckets).optional(),
})

const drillRow = z.object({
  serviceId: paymenterId.nullable(),
  invoiceId: paymenterId.nullable(),
  customerId: paymenterId.nullable(),
  customer: z.string().nullable(),
  product: z.string().nullable(),
  day: day.nullable(),
  amountMinor,
  note: z.string(),
  marked: z.boolean(),
})

export const reportSettings = z.object({
  /** The month (1 to 12) in which the fiscal year begins. */
  firstMonth: z.number().int().min(1).max(12),
  /** One unit of each currency in units of the base, as typed. Off until switched on. */
  rates: z.object({ on: z.boolean(), base: currencyCode, rates: z.record(currencyCode, z.string()) }),
  /** A month's report is saved by itself on the first of the next. */
  monthly: z.object({
    on: z.boolean(),
    paper: z.enum(['a4', 'letter']),
    /** It is mailed where a mail server is set up (with the notices). */
    mail: z.boolean().default(true),
    /** Where to; null: to the sender's own address. */
    mailTo: z.string().max(320).nullable().default(null),
  }),
})

/** What became of the mail with the last report that was saved by itself; null: none was to be mailed yet. */
export const reportMail = z
  .object({
    month: reportMonth,
    state: z.enum(['waiting', 'sent', 'uncertain', 'failed']),
    to: z.string(),
    at: instant,
    error: failure.nullable(),
  })
  .nullable()

const nodeCost = z.object({ nodeId, cost: money.nullable() })

const savedReport = z.object({ month: reportMonth, folder: z.string(), files: z.array(z.string()), savedAt: instant })

export const reportMethods = {
  'reports.mrr': method(reportQuery, answer(mrrRow)),
  'reports.cash': method(reportQuery, answer(cashRow)),
  /** At the end of `to`, or today. */
  'reports.receivables': method(
    reportQuery,
    answer(receivablesRow).extend({
      debtors: z.array(debtorRow),
      /** What customers hold as credit now, whatever the period; null: the key may not view credits. */
      credits: z.array(creditRow).nullable(),
    }),
  ),
  'reports.churn': method(reportQuery, answer(churnRow)),
  'reports.plans': method(reportQuery, answer(planReportRow)),
  'reports.nodes': method(reportQuery, answer(nodeReportRow)),
  'reports.customers': method(reportQuery, answer(customerReportRow)),
  'reports.cohorts': method(reportQuery, answer(cohortRow)),
  'reports.forecast': method(reportQuery, answer(forecastRow)),
  /** The rows behind a figure, and their sum. */
  'reports.rows': method(drillRequest, z.object({ currency: z.string(), sumMinor: amountMinor, rows: z.array(drillRow) })),
  'reports.settings': method(nothing, reportSettings.extend({ nodeCosts: z.array(nodeCost), mail: reportMail })),
  'reports.setSettings': method(reportSettings.partial(), reportSettings),
  /** What a node costs in a month; null takes it away. */
  'reports.setNodeCost': method(nodeCost, done),
  /** One report, or a month's whole one, as a page of its own that prints on A4 or Letter. */
  'reports.document': method(
    z.object({ report: z.enum([...reportNames, 'month']), query: reportQuery, paper: z.enum(['a4', 'letter']) }),
    z.object({ name: z.string(), html: z.string() }),
  ),
  /** The months' reports that were saved, the newest first. */
  'reports.saved': method(nothing, z.array(savedReport)),
  /** Saves a month's report now: the page and every table as CSV. */
  'reports.saveMonth': method(z.object({ month: reportMonth }), savedReport),
}
