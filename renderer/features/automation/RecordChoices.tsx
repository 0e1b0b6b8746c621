// The record's filter by choice rather than by typing: who, what, node, customer, VM, service, from day to day. It writes the filter line.
import { Popover, Select, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { valueOfTerm, withTerm } from '../../lib/filterTerms.ts'
import { actionWords } from '../../lib/words.ts'
import { valuesOf } from './recordRows.ts'
import type { RecordRow } from './recordRows.ts'

interface RecordChoicesProps {
  readonly rows: readonly RecordRow[]
  readonly filter: string
  readonly onFilter: (filter: string) => void
}

const longestLabel = 80
const choiceKeys = ['who', 'what', 'node', 'customer', 'vm'] as const
type ChoiceKey = (typeof choiceKeys)[number]

const labels: Record<ChoiceKey, string> = { who: 'Who', what: 'What', node: 'Node', customer: 'Customer', vm: 'VM' }
const valueOfRow: Record<ChoiceKey, (row: RecordRow) => string | null> = {
  who: (row) => row.actor,
  what: (row) => row.action,
  node: (row) => row.node,
  customer: (row) => row.customer,
  vm: (row) => row.vm,
}

export function RecordChoices(props: RecordChoicesProps) {
  return (
    <Popover position="bottom-end" shadow="none" trapFocus returnFocus withinPortal transitionProps={{ duration: 80 }}>
      <Popover.Target>
        <Button icon={<Icon of={IconAdjustmentsHorizontal} />}>Choose</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Choose what the record shows">
        <Choices {...props} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Choices({ rows, filter, onFilter }: RecordChoicesProps) {
  const values = useMemo(
    () => Object.fromEntries(choiceKeys.map((key) => [key, valuesOf(rows, valueOfRow[key])])) as Record<ChoiceKey, string[]>,
    [rows],
  )
  const set = (key: string, value: string): void => {
    onFilter(withTerm(filter, key, value))
  }
  return (
    <div className="record-choices">
      {choiceKeys.map((key) => {
        const value = valueOfTerm(filter, key)
        return (
          <Select
            key={key}
            label={labels[key]}
            placeholder="all"
            searchable
            clearable
            limit={100}
            comboboxProps={{ withinPortal: false }}
            nothingFoundMessage="None fits"
            data={values[key].map((one) => ({ value: one, label: (key === 'what' ? actionWords(one) : one).slice(0, longestLabel) }))}
            value={values[key].find((one) => one === value) ?? null}
            onChange={(next) => {
              set(key, next ?? '')
            }}
          />
        )
      })}
      <TextInput
        label="Service"
        placeholder="all"
        inputMode="numeric"
        value={valueOfTerm(filter, 'service')}
        onChange={(event) => {
          set('service', event.currentTarget.value.replaceAll(/\D/g, ''))
        }}
      />
      {(['since', 'until'] as const).map((key) => (
        <TextInput
          key={key}
          type="date"
          label={key === 'since' ? 'From' : 'To'}
          value={valueOfTerm(filter, key).slice(0, 10)}
          onChange={(event) => {
            set(key, event.currentTarget.value)
          }}
        />
      ))}
    </div>
  )
}
