// The columns of every report, once for the screen, the command line, CSV and paper: their names, what they hold, what opens behind them.
import type { DefinitionName } from './definitions.ts'
import type { DrillFigure } from './drill.ts'

export const reportNames = ['mrr', 'cash', 'receivables', 'churn', 'plans', 'nodes', 'customers', 'cohorts', 'forecast'] as const
export type ReportName = (typeof reportNames)[number]

/** Tables of reports: receivables have one by customer beside the one by age, and one of what customers hold as credit. */
export type TableName = ReportName | 'debtors' | 'credits'

export type ColumnKind = 'text' | 'money' | 'count' | 'percent' | 'number' | 'mib' | 'flag'

export interface ReportColumn {
  /** The row's key; in the command line's JSON too, unless `jsonKey` says otherwise. */
  readonly key: string
  readonly jsonKey?: string
  readonly header: string
  readonly kind: ColumnKind
  readonly definition?: DefinitionName
  /** What its rows are. */
  readonly drill?: DrillFigure
  /** Not in the command line's JSON. */
  readonly appOnly?: boolean
  /** Sums to a total that means something. */
  readonly total?: boolean
}

const text = (key: string, header: string, more: Partial<ReportColumn> = {}): ReportColumn => ({ key, header, kind: 'text', ...more })
const money = (key: string, header: string, definition: DefinitionName, more: Partial<ReportColumn> = {}): ReportColumn => ({
  key,
  header,
  kind: 'money',
  definition,
  ...more,
})
const count = (key: string, header: string, more: Partial<ReportColumn> = {}): ReportColumn => ({ key, header, kind: 'count', ...more })
const percent = (key: string, header: string, definition: DefinitionName): ReportColumn => ({ key, header, kind: 'percent', definition })
const currency = text('currency', 'Currency')
const period = text('period', 'Period', { jsonKey: 'month' })

export const reportColumns: Readonly<Record<TableName, readonly ReportColumn[]>> = {
  mrr: [
    period,
    currency,
    money('openingMinor', 'Opening', 'mrr', { drill: 'mrr-opening' }),
    money('newMinor', 'New', 'new', { drill: 'new', total: true }),
    money('reactivationMinor', 'Reactivation', 'reactivation', { drill: 'reactivation', total: true }),
    money('expansionMinor', 'Expansion', 'expansion', { drill: 'expansion', total: true }),
    money('contractionMinor', 'Contraction', 'contraction', { drill: 'contraction', total: true }),
    money('churnMinor', 'Churn', 'churn', { drill: 'churn', total: true }),
    money('closingMinor', 'Closing', 'closing', { drill: 'mrr' }),
    money('atRiskMinor', 'At risk', 'atRisk', { drill: 'at-risk', appOnly: true }),
    count('services', 'Services', { drill: 'mrr', definition: 'services' }),
    count('customers', 'Customers', { drill: 'mrr', definition: 'customers' }),
    { key: 'reconstructed', header: 'Reconstructed', kind: 'flag', definition: 'reconstructed' },
  ],
  cash: [
    period,
    currency,
    money('invoicedMinor', 'Invoiced', 'invoiced', { drill: 'invoiced', total: true }),
    money('collectedMinor', 'Collected', 'collected', { drill: 'collected', total: true }),
    money('uncertainMinor', 'Of it uncertain', 'uncertain', { drill: 'uncertain' }),
    count('invoices', 'Invoices', { appOnly: true, drill: 'invoiced', total: true }),
    count('payments', 'Payments', { appOnly: true, drill: 'collected', total: true }),
    { ...percent('collectionRate', 'Collection rate', 'collectionRate'), appOnly: true },
    { key: 'daysSalesOutstanding', header: 'Days outstanding', kind: 'number', definition: 'daysSalesOutstanding', appOnly: true },
    money('owedMinor', 'Owed at the end', 'owed', { drill: 'owed', appOnly: true }),
  ],
  receivables: [
    currency,
    text('bucket', 'Days late'),
    count('invoices', 'Invoices', { drill: 'owed', total: true }),
    money('amountMinor', 'Amount', 'owed', { drill: 'owed', total: true }),
  ],
  debtors: [
    text('customer', 'Customer'),
    currency,
    count('invoices', 'Invoices', { drill: 'owed', total: true }),
    money('notDueMinor', 'Not due', 'owed', { total: true }),
    money('late1To7Minor', '1–7 days', 'owed', { total: true }),
    money('late8To30Minor', '8–30 days', 'owed', { total: true }),
    money('late31To60Minor', '31–60 days', 'owed', { total: true }),
    money('lateOver60Minor', 'Over 60 days', 'owed', { total: true }),
    money('owedMinor', 'Owed', 'owed', { drill: 'owed', total: true }),
    text('oldestDueOn', 'Oldest due'),
  ],
  credits: [text('customer', 'Customer'), currency, money('amountMinor', 'Credit', 'credits', { total: true })],
  churn: [
    period,
    currency,
    count('payingCustomers', 'Paying customers', { definition: 'customerChurn', drill: 'mrr-opening' }),
    count('lostCustomers', 'Lost', { definition: 'customerChurn', drill: 'lost-customers' }),
    percent('customerChurnPercent', 'Customer churn', 'customerChurn'),
    money('churnVoluntaryMinor', 'Voluntary', 'churn', { drill: 'churn-voluntary', total: true }),
    money('churnInvoluntaryMinor', 'Involuntary', 'churn', { drill: 'churn-involuntary', total: true }),
    money('contractionMinor', 'Contraction', 'contraction', { drill: 'contraction', total: true }),
    percent('revenueChurnPercent', 'Revenue churn', 'revenueChurn'),
    percent('netRevenueChurnPercent', 'Net revenue churn', 'netRevenueChurn'),
    money('arpuMinor', 'Per customer', 'arpu', { drill: 'mrr' }),
    { key: 'lifetimeMonths', header: 'Lifetime, months', kind: 'number', definition: 'lifetime' },
    { key: 'quickRatio', header: 'Quick ratio', kind: 'number', definition: 'quickRatio' },
    count('trials', 'Trials', { definition: 'trials', drill: 'trials' }),
    count('trialsConverted', 'Converted', { definition: 'trialConversion', drill: 'trials' }),
    percent('trialConversionPercent', 'Conversion', 'trialConversion'),
  ],
  plans: [
    text('product', 'Product'),
    text('plan', 'Plan'),
    currency,
    count('services', 'Services', { drill: 'mrr', definition: 'services', total: true }),
    count('customers', 'Customers', { drill: 'mrr', definition: 'customers' }),
    money('mrrMinor', 'MRR', 'mrr', { drill: 'mrr', total: true }),
    money('atRiskMinor', 'At risk', 'atRisk', { drill: 'at-risk', total: true }),
    percent('sharePercent', 'Share', 'share'),
    money('newMinor', 'New', 'new', { drill: 'new', total: true }),
    money('churnMinor', 'Churn', 'churn', { drill: 'churn', total: true }),
  ],
  nodes: [
    text('node', 'Node'),
    currency,
    count('services', 'Services', { drill: 'mrr', definition: 'services', total: true }),
    count('customers', 'Customers', { drill: 'mrr', definition: 'customers' }),
    money('mrrMinor', 'MRR', 'mrr', { drill: 'mrr', total: true }),
    money('atRiskMinor', 'At risk', 'atRisk', { drill: 'at-risk', total: true }),
    percent('sharePercent', 'Share', 'share'),
    money('costMinor', 'Cost', 'margin', { total: true }),
    money('marginMinor', 'Margin', 'margin'),
    { key: 'memorySoldMiB', header: 'Memory sold', kind: 'mib', definition: 'perGb', total: true },
    { key: 'memoryUnsoldMiB', header: 'Unsold', kind: 'mib', definition: 'unsold', total: true },
    money('perGbMinor', 'Per GB sold', 'perGb'),
    money('unsoldMinor', 'Unsold, worth', 'unsold', { total: true }),
  ],
  customers: [
    text('customer', 'Customer'),
    currency,
    count('services', 'Services', { drill: 'mrr', definition: 'services', total: true }),
    money('mrrMinor', 'MRR', 'mrr', { drill: 'mrr', total: true }),
    money('atRiskMinor', 'At risk', 'atRisk', { drill: 'at-risk', total: true }),
    percent('sharePercent', 'Share', 'share'),
    percent('cumulativePercent', 'With all larger', 'share'),
    money('collectedMinor', 'Collected', 'collected', { drill: 'collected', total: true }),
    money('owedMinor', 'Owed', 'owed', { drill: 'owed', total: true }),
    text('firstPaidMonth', 'First paid', { definition: 'cohort' }),
    { key: 'averageDaysLate', header: 'Days late', kind: 'number', definition: 'averageDaysLate' },
  ],
  cohorts: [
    text('cohort', 'Cohort', { definition: 'cohort' }),
    text('month', 'Month'),
    { key: 'age', header: 'Age, months', kind: 'count' },
    currency,
    count('customers', 'Customers', { definition: 'cohort' }),
    count('activeCustomers', 'Active', { definition: 'retention', drill: 'mrr' }),
    percent('retentionPercent', 'Retention', 'retention'),
    money('mrrMinor', 'MRR', 'mrr', { drill: 'mrr' }),
    money('collectedMinor', 'Collected', 'collected', { drill: 'collected' }),
  ],
  forecast: [
    text('asOf', 'From'),
    count('days', 'Days'),
    currency,
    count('renewals', 'Renewals', { definition: 'forecast', drill: 'renewals-due' }),
    money('dueMinor', 'Due', 'forecast', { drill: 'renewals-due' }),
    money('lowMinor', 'Low', 'forecast'),
    money('expectedMinor', 'Expected', 'forecast', { drill: 'renewals-expected' }),
    money('highMinor', 'High', 'forecast'),
    money('cameMinor', 'Came', 'came', { drill: 'renewals-came' }),
  ],
}

export const reportTitles: Readonly<Record<TableName, string>> = {
  mrr: 'Monthly recurring revenue',
  cash: 'Cash',
  receivables: 'Receivables',
  debtors: 'Receivables by customer',
  credits: 'Credits that customers hold now',
  churn: 'Churn and growth',
  plans: 'Plans',
  nodes: 'Nodes',
  customers: 'Customers',
  cohorts: 'Cohorts',
  forecast: 'Forecast',
}

/** Words of an age bucket. */
export const bucketWords: Readonly<Record<string, string>> = {
  'not-due': 'not due',
  '1-7': '1–7',
  '8-30': '8–30',
  '31-60': '31–60',
  'over-60': 'over 60',
}
