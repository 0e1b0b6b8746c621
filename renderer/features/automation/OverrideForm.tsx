// Adds one override: for whom, which key, which value.
import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { defaultPolicy, overridableKeys } from '../../../shared/domain/policy.ts'
import { DialogForm } from '../../components/DialogForm.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { spelledOut } from '../../lib/words.ts'
import { OnOff } from './OnOff.tsx'
import { PolicyEffectNote, usePolicyPreview } from './PolicyEffectNote.tsx'
import { keyMeanings } from './policyMeanings.ts'

const mostRows = 20_000

export function OverrideForm({ close }: { readonly close: () => void }) {
  const [kind, setKind] = useState<'product' | 'customer'>('product')
  const [id, setId] = useState<string | null>(null)
  const [key, setKey] = useState<(typeof overridableKeys)[number]>('graceDays')
  const [value, setValue] = useState('')
  const set = useAct('policy.set')
  const products = useRead('billing.products', { limit: mostRows }).data?.rows ?? []
  const customers = useRead('billing.customers', { limit: mostRows }, { enabled: kind === 'customer' }).data?.rows ?? []
  const choices =
    kind === 'product'
      ? products.map((row) => ({ value: String(row.id), label: row.name.slice(0, 100) }))
      : customers.map((row) => ({
          value: String(row.id),
          label: `${row.firstName ?? ''} ${row.lastName ?? ''} (${row.email})`.trim().slice(0, 160),
        }))
  const isSwitch = typeof defaultPolicy[key] === 'boolean'
  const typed = isSwitch && value === '' ? 'off' : value.trim()
  const change =
    id === null || typed === ''
      ? null
      : { ...(kind === 'product' ? { productId: Number(id) } : { customerId: Number(id) }), values: { [key]: typed } }
  const preview = usePolicyPreview(change)
  return (
    <DialogForm
      verb="Add"
      busy={set.isPending}
      disabled={change === null || preview.refusal !== null}
      error={set.error}
      onSubmit={() => {
        if (change !== null && preview.refusal === null) set.mutate(change, { onSuccess: close })
      }}
      close={close}
    >
      <SegmentedControl
        value={kind}
        onChange={(next) => {
          setKind(next === 'customer' ? 'customer' : 'product')
          setId(null)
        }}
        data={[
          { value: 'product', label: 'A product' },
          { value: 'customer', label: 'A customer' },
        ]}
      />
      <Select
        label={kind === 'product' ? 'Product' : 'Customer'}
        searchable
        limit={50}
        data={choices}
        value={id}
        onChange={setId}
        nothingFoundMessage="None fits"
      />
      <Select
        label="Key"
        allowDeselect={false}
        data={overridableKeys.map((one) => ({ value: one, label: spelledOut(one) }))}
        value={key}
        description={keyMeanings[key].meaning}
        onChange={(next) => {
          const known = overridableKeys.find((one) => one === next)
          if (known === undefined) return
          setKey(known)
          setValue('')
          set.reset()
        }}
      />
      {isSwitch ? (
        <OnOff label="Value" value={typed} onChange={setValue} />
      ) : (
        <TextInput
          label="Value"
          description={keyMeanings[key].values}
          value={value}
          spellCheck={false}
          onChange={(event) => {
            setValue(event.currentTarget.value)
            set.reset()
          }}
        />
      )}
      {change !== null && <PolicyEffectNote preview={preview} />}
    </DialogForm>
  )
}
