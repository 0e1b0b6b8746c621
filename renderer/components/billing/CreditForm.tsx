// A customer's credit in one currency: Paymenter takes it for new invoices.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { formatDecimal, parseMoney } from '../../../shared/domain/money.ts'
import type { Money } from '../../../shared/domain/money.ts'
import { formatMoney } from '../../lib/formatMoney.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { WriteForm } from './WriteForm.tsx'

interface CreditFormProps {
  readonly customerId: number
  readonly of: string
  /** Null: there is none yet. */
  readonly credit: Money | null
  /** For a credit that is new. */
  readonly currency: string
  readonly close: () => void
}

export function CreditForm({ customerId, of, credit, currency: usual, close }: CreditFormProps) {
  const [currency, setCurrency] = useState(credit?.currency ?? usual)
  const [text, setText] = useState(credit === null ? '' : formatDecimal(credit))
  const act = useAct('billing.setCredit')
  const amount = parseMoney(text, currency)
  const fits = amount !== null && amount.amountMinor >= 0
  return (
    <WriteForm
      permission={credit === null ? 'credits.create' : 'credits.update'}
      verb={credit === null ? 'Give the credit' : 'Change the credit'}
      busy={act.isPending}
      disabled={!fits || amount.amountMinor === credit?.amountMinor}
      error={act.error}
      close={close}
      onSubmit={(why) => {
        if (amount === null) return
        act.mutate(
          { customerId, currency, amountMinor: amount.amountMinor, expected: { amountMinor: credit?.amountMinor ?? null }, ...why },
          {
            onSuccess: (seen) => {
              tellDone(`Credit of ${of.slice(0, 60)} is seen`, seen.amount === null ? '' : formatMoney(seen.amount))
              close()
            },
          },
        )
      }}
      what={
        <p>
          <bdi className="strong">{of}</bdi> {credit === null ? 'has no credit in this currency' : `has a credit of ${formatMoney(credit)}`}. Paymenter takes credit for
          invoices that it makes from now on; the amount given here replaces the old one.
        </p>
      }
    >
      <div className="fields">
        <TextInput
          label="Amount"
          inputMode="decimal"
          required
          data-autofocus
          value={text}
          error={text !== '' && !fits ? `Not an amount of ${currency}` : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value)
          }}
        />
        <TextInput
          label="Currency"
          disabled={credit !== null}
          maxLength={3}
          value={currency}
          onChange={(event) => {
            setCurrency(event.currentTarget.value.toUpperCase())
          }}
        />
      </div>
    </WriteForm>
  )
}
