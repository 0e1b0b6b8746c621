// Overrides: values of the policy for one product or one customer; a customer's win over a product's.
import { IconTrash } from '@tabler/icons-react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button, IconButton } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { Panel } from '../../components/Panel.tsx'
import { customerName } from '../../lib/customerName.ts'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useRead } from '../../lib/queries.ts'
import { spelledOut } from '../../lib/words.ts'
import { OverrideForm } from './OverrideForm.tsx'
import { typedValue } from './policyMeanings.ts'
import { RemoveOverride } from './RemoveOverride.tsx'

export function Overrides({ policy }: { readonly policy: MethodOutput<'policy.show'> }) {
  const dialogs = useDialogs()
  const products = useRead('billing.products', { limit: 20_000, gone: true }).data?.rows
  const customers = useRead('billing.customers', { limit: 20_000, gone: true }).data?.rows
  const nameOf = (override: (typeof policy.overrides)[number]): string => {
    if (override.productId !== null)
      return products?.find((row) => row.id === override.productId)?.name ?? `Product ${String(override.productId)}`
    const customer = customers?.find((row) => row.id === override.customerId)
    return customer === undefined
      ? `Customer ${String(override.customerId)}`
      : customerName(customer)
  }
  const rows = policy.overrides.flatMap((override) => Object.entries(override.values).map(([key, value]) => ({ override, key, value })))
  return (
    <Panel
      title="Overrides"
      note="for one product or one customer; a customer’s wins"
      actions={
        <Button
          onClick={() => {
            dialogs.open('Add an override', (close) => <OverrideForm close={close} />)
          }}
        >
          Add override
        </Button>
      }
    >
      {rows.length === 0 ? (
        <p className="panel-body muted">None: the values above hold for everyone.</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">For</th>
              <th scope="col">Key</th>
              <th scope="col">Value</th>
              <th scope="col">
                <span className="hidden-words">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ override, key, value }) => (
              <tr key={`${String(override.productId)}/${String(override.customerId)}/${key}`}>
                <td>
                  <span className="muted">{override.productId === null ? 'Customer ' : 'Product '}</span>
                  <MiddleCut text={nameOf(override)} />
                </td>
                <td>
                  {spelledOut(key)} <span className="mono faint">{key}</span>
                </td>
                <td className="mono">{typedValue(key, value)}</td>
                <td className="end">
                  <IconButton
                    label={`Take the override of ${key} for ${nameOf(override).slice(0, 60)} away`}
                    icon={<Icon of={IconTrash} />}
                    onClick={() => {
                      const change = {
                        ...(override.productId === null ? {} : { productId: override.productId }),
                        ...(override.customerId === null ? {} : { customerId: override.customerId }),
                        values: { [key]: 'default' },
                      }
                      const what = `${spelledOut(key)} ${typedValue(key, value)} for ${nameOf(override)}.`
                      dialogs.open('Take the override away', (close) => <RemoveOverride change={change} what={what} close={close} />)
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}
