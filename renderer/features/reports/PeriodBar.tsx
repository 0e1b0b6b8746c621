// The choice above every report: period, steps, comparison, currency.
import { SegmentedControl, Select } from '@mantine/core'
import { MonthInput } from './MonthInput.tsx'
import { useRead } from '../../lib/queries.ts'
import { comparisons, ranges, steps, type Comparison, type Range, type Step } from '../../lib/reportSearch.ts'
import type { ReportChoice } from './useReports.ts'

const rangeNames: Readonly<Record<Range, string>> = {
  '12m': 'Last 12 months',
  '24m': 'Last 24 months',
  'fiscal': 'This fiscal year',
  'last-fiscal': 'Last fiscal year',
  'all': 'All there is',
  'custom': 'From … to …',
}
const stepNames: Readonly<Record<Step, string>> = { month: 'Months', quarter: 'Quarters', year: 'Years' }
const comparisonNames: Readonly<Record<Comparison, string>> = {
  'before': 'against the period before',
  'year-before': 'against the year before',
  'none': 'against nothing',
}
const converted = 'converted'

export function PeriodBar({ choice }: { readonly choice: ReportChoice }) {
  const { search, change, about, currency } = choice
  const rates = useRead('reports.settings', {}).data?.rates
  const currencies = about?.currencies ?? []
  const options = currencies.map((code) => ({ value: code, label: code }))
  if (rates?.on === true) options.push({ value: converted, label: `All in ${rates.base}, at your rates` })
  const range = search.range ?? '12m'
  return (
    <div className="period-bar" role="group" aria-label="Period and currency">
      <Select
        aria-label="Period"
        w={170}
        size="xs"
        allowDeselect={false}
        data={ranges.map((one) => ({ value: one, label: rangeNames[one] }))}
        value={range}
        onChange={(value) => {
          const next = ranges.find((one) => one === value)
          if (next !== undefined)
            change(next === 'custom' ? { range: next, from: about?.from ?? '', to: about?.to ?? '' } : { range: next })
        }}
      />
      {range === 'custom' && (
        <>
          <MonthInput
            label="First month"
            value={search.from ?? about?.from ?? ''}
            onChange={(from) => {
              change({ from })
            }}
          />
          <MonthInput
            label="Last month"
            value={search.to ?? about?.to ?? ''}
            onChange={(to) => {
              change({ to })
            }}
          />
        </>
      )}
      <SegmentedControl
        aria-label="Steps"
        data={steps.map((step) => ({ value: step, label: stepNames[step] }))}
        value={search.every ?? 'month'}
        onChange={(value) => {
          const every = steps.find((step) => step === value)
          if (every !== undefined) change({ every })
        }}
      />
      <Select
        aria-label="Comparison"
        w={216}
        size="xs"
        allowDeselect={false}
        data={comparisons.map((one) => ({ value: one, label: comparisonNames[one] }))}
        value={search.compare ?? 'before'}
        onChange={(value) => {
          const compare = comparisons.find((one) => one === value)
          if (compare !== undefined) change({ compare })
        }}
      />
      {options.length > 1 && (
        <Select
          aria-label="Currency"
          w={search.converted === true ? 190 : 86}
          size="xs"
          allowDeselect={false}
          data={options}
          value={search.converted === true && rates?.on === true ? converted : currency}
          onChange={(value) => {
            if (value === converted) change({ converted: true })
            else if (value !== null) change({ converted: false, currency: value })
          }}
        />
      )}
    </div>
  )
}
