// What each figure means and how it is computed, in the words that stand beside it in the app and on paper.

export interface Definition {
  readonly title: string
  readonly formula: string
  readonly note?: string
}

function lines(...sentences: readonly string[]): string {
  return sentences.join(' ')
}

export const definitions = {
  mrr: {
    title: 'Monthly recurring revenue (MRR)',
    formula: 'Σ price × quantity ÷ months in the billing period, over every active and suspended service with a recurring plan',
    note: lines(
      'A year is 12 months, a month 365.25 ÷ 12 days, a week 7 days, a day 24 hours.',
      'Exact, then rounded to the smallest unit once for each service and day.',
      'Free and one-time plans are customers, not MRR. Tax cannot be seen.',
    ),
  },
  atRisk: { title: 'At risk', formula: 'the part of MRR whose services are suspended', note: 'A suspended service counts until it ends.' },
  new: { title: 'New', formula: 'Σ MRR of services that bring some for the first time' },
  reactivation: { title: 'Reactivation', formula: 'Σ MRR of services that brought some before, then nothing, and now again' },
  expansion: { title: 'Expansion', formula: 'Σ of what services bring more than the day before' },
  contraction: { title: 'Contraction', formula: 'Σ of what services bring less than the day before, those that still bring some' },
  churn: {
    title: 'Churn',
    formula: 'Σ MRR of services that bring nothing any more',
    note: 'Involuntary: the service was suspended, or its paid time had been over for two days; voluntary: all other.',
  },
  closing: {
    title: 'Closing',
    formula: 'opening + new + reactivation + expansion + contraction + churn',
    note: 'To the smallest unit, always: each is a sum over the same services and days.',
  },
  services: { title: 'Services', formula: 'active and suspended services at the end, free and one-time ones too' },
  customers: { title: 'Customers', formula: 'customers with at least one such service at the end' },
  reconstructed: {
    title: 'Reconstructed',
    formula: 'some day of the period was not recorded; it is told from paid invoices',
    note: lines(
      'By the period in the text of an invoice’s item, the plan’s period, or the gap between invoices.',
      'A service runs on for 14 days after its paid time, suspended from the second on.',
    ),
  },
  invoiced: {
    title: 'Invoiced',
    formula: 'Σ totals of invoices created in the period, cancelled ones left out',
    note: 'A total is Σ price × quantity of the items.',
  },
  collected: {
    title: 'Collected',
    formula: 'Σ totals of invoices paid in the period',
    note: lines(
      'Paymenter does not tell the day of a payment:',
      'it is the latest possible one, the last change of the invoice when it was first seen paid.',
    ),
  },
  uncertain: { title: 'Uncertain', formula: 'the part of collected that may have been paid before the period began' },
  collectionRate: { title: 'Collection rate', formula: 'paid so far ÷ invoiced, of the invoices created in the period' },
  daysSalesOutstanding: { title: 'Days sales outstanding', formula: 'owed at the end ÷ invoiced in the period × days of the period' },
  owed: {
    title: 'Owed',
    formula: 'Σ totals of invoices that were neither paid nor cancelled at the end of the day',
    note: 'By days after the due date; an invoice without one is not due.',
  },
  credits: {
    title: 'Credits',
    formula: 'Σ of what customers hold as credit',
    note: 'A liability: money that was taken and not yet earned.',
  },
  customerChurn: {
    title: 'Customer churn',
    formula: 'customers with MRR at the opening and none at the end ÷ customers with MRR at the opening',
  },
  revenueChurn: { title: 'Revenue churn', formula: '(churn + contraction) ÷ opening MRR' },
  netRevenueChurn: {
    title: 'Net revenue churn',
    formula: '(churn + contraction − expansion − reactivation) ÷ opening MRR',
    note: 'Below zero when growth outweighs loss.',
  },
  arpu: { title: 'Revenue per customer (ARPU)', formula: 'closing MRR ÷ customers with MRR at the end' },
  lifetime: { title: 'Lifetime', formula: 'months in the period ÷ customer churn' },
  quickRatio: { title: 'Quick ratio', formula: '(new + reactivation + expansion) ÷ (churn + contraction)' },
  trials: { title: 'Trials', formula: 'services that began free in the period, of customers who had paid nothing before' },
  trialConversion: {
    title: 'Trial conversion',
    formula: 'of those trials, the ones whose service or customer has brought MRR since ÷ all of them',
  },
  share: { title: 'Share', formula: 'its MRR ÷ all MRR of the currency', note: 'What would be lost with it.' },
  margin: {
    title: 'Margin',
    formula: 'MRR of the services whose VMs are on the node − the node’s monthly cost',
    note: 'By today’s links; the cost is entered under Reports, Nodes.',
  },
  perGb: { title: 'Per GB sold', formula: 'MRR on the node ÷ memory of the VMs that bring it' },
  unsold: { title: 'Unsold', formula: 'memory of the host − memory sold; its value: that × revenue per GB sold' },
  averageDaysLate: { title: 'Days late', formula: 'average days from the due date to the payment, early ones as nothing' },
  cohort: { title: 'Cohort', formula: 'customers by the month of their first payment of more than nothing' },
  retention: { title: 'Retention', formula: 'customers of the cohort with MRR at the month’s end ÷ customers of the cohort' },
  forecast: {
    title: 'Expected',
    formula: 'Σ of renewals falling due × the share of invoices that their customer pays',
    note: lines(
      'Share: (paid + 4 × the share of all customers) ÷ (decided + 4), of the customer’s own invoices.',
      'An n-th renewal weighs it n times.',
      'The range holds eight of ten outcomes. New customers are not in it.',
    ),
  },
  came: { title: 'Came', formula: 'Σ of what those services have paid since for periods that began by the end of those days' },
} as const satisfies Record<string, Definition>

export type DefinitionName = keyof typeof definitions

export function definitionOf(name: DefinitionName): Definition {
  return definitions[name]
}

/** Said where credits cannot be shown. */
export const creditsUnread = 'Credits that customers hold are a liability beside these; this key may not view them (credits.view), so they are not shown.'
