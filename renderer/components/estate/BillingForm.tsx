// Connecting Paymenter: address and key, looked at permission by permission before anything is saved.
import { PasswordInput, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconHelpCircle, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { failureOf } from '../../lib/failure.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone } from '../../lib/tell.tsx'
import { Button } from '../Button.tsx'
import { Icon } from '../Icon.tsx'
import { ErrorNotice, Note } from '../Note.tsx'

type BillingProbe = MethodOutput<'billing.probe'>

interface BillingFormProps {
  readonly initialUrl?: string
  readonly onDone: () => void
  readonly onCancel: () => void
}

const wanted = [
  ['users.view', 'customers: whose VM it is'],
  ['products.view', 'products, plans and prices'],
  ['services.view', 'services: status and expiry'],
  ['invoices.view', 'invoices: what is paid'],
  ['invoice_items.view', 'their items: for which service'],
  ['services.update', 'to set a service suspended or active'],
] as const

export function BillingForm({ initialUrl = '', onDone, onCancel }: BillingFormProps) {
  const [url, setUrl] = useState(initialUrl)
  const [token, setToken] = useState('')
  const [timeZone, setTimeZone] = useState('')
  const probe = useAct('billing.probe')
  const connect = useAct('billing.connect')
  const sync = useAct('billing.sync')
  const seen = probe.data
  const zoneAsked = timeZone !== '' || (probe.error !== null && failureOf(probe.error).code === 'billing.time-zone')
  const input = { url, token, ...(timeZone.trim() === '' ? {} : { timeZone: timeZone.trim() }) }
  const blocked = seen?.costs.some((cost) => cost.required) ?? false
  const changed = (): void => {
    probe.reset()
    connect.reset()
  }
  const save = (): void => {
    connect.mutate(input, {
      onSuccess: (connection) => {
        setToken('')
        tellDone('Paymenter is connected', `Its days are those of ${connection.timeZone}. The key is in the keychain. The first sync runs.`)
        sync.mutate({ full: true })
        onDone()
      },
    })
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (seen === undefined) probe.mutate(input)
        else if (!blocked) save()
      }}
    >
      <TextInput
        label="Address"
        description="Where Paymenter’s own pages are, without a path"
        placeholder="https://billing.example"
        required
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        value={url}
        onChange={(event) => {
          setUrl(event.currentTarget.value)
          changed()
        }}
      />
      <PasswordInput
        label="API key"
        description="An admin key, made in Paymenter under API keys; kept in this system’s keychain, nowhere else"
        required
        autoComplete="off"
        value={token}
        onChange={(event) => {
          setToken(event.currentTarget.value)
          changed()
        }}
      />
      {zoneAsked && (
        <TextInput
          label="Time zone"
          description="Found from the dates; only an installation without any needs it"
          placeholder="Asia/Kolkata"
          value={timeZone}
          onChange={(event) => {
            setTimeZone(event.currentTarget.value)
            changed()
          }}
        />
      )}
      {seen === undefined && probe.error === null && (
        <Note tone="off" title="Permissions that the key needs">
          <ul>
            {wanted.map(([permission, what]) => (
              <li key={permission}>
                <span className="mono">{permission}</span> <span className="muted">{what}</span>
              </li>
            ))}
          </ul>
        </Note>
      )}
      {probe.error !== null && <ErrorNotice error={probe.error} />}
      {seen !== undefined && <BillingSeen seen={seen} />}
      {connect.error !== null && <ErrorNotice error={connect.error} />}
      <div className="dialog-actions">
        <Button onClick={onCancel}>Cancel</Button>
        {seen === undefined ? (
          <Button kind="primary" type="submit" busy={probe.isPending} disabled={url.trim() === '' || token === ''}>
            Look at it
          </Button>
        ) : (
          <Button kind="primary" type="submit" busy={connect.isPending} disabled={blocked}>
            Connect
          </Button>
        )}
      </div>
    </form>
  )
}

function BillingSeen({ seen }: { readonly seen: BillingProbe }) {
  const blocked = seen.costs.some((cost) => cost.required)
  return (
    <Note
      tone={blocked ? 'bad' : seen.costs.length > 0 ? 'warn' : 'ok'}
      title={blocked ? 'Paymenter answers, but the key may not read what is needed.' : 'Paymenter answers, and the key is in force.'}
    >
      <p className="muted">
        {seen.customers === null ? '' : `${seen.customers.toLocaleString()} customers. `}Its days are those of{' '}
        <span className="strong">{seen.timeZone}</span>.
      </p>
      <PermissionList permissions={seen.permissions} costs={seen.costs} />
    </Note>
  )
}

interface PermissionListProps {
  readonly permissions: BillingProbe['permissions']
  readonly costs: BillingProbe['costs']
}

/** Every permission, and what a missing one costs. */
export function PermissionList({ permissions, costs }: PermissionListProps) {
  const costOf = (permission: string): BillingProbe['costs'][number] | undefined => costs.find((cost) => cost.permission === permission)
  return (
    <ul className={costs.length === 0 ? 'permissions in-columns' : 'permissions'}>
      {permissions.granted.map((permission) => (
        <li key={permission}>
          <Icon of={IconCheck} className="ok" /> <span className="mono">{permission}</span>
        </li>
      ))}
      {permissions.missing.map((permission) => (
        <li key={permission}>
          <Icon
            of={costOf(permission)?.required === true ? IconX : IconAlertTriangle}
            className={costOf(permission)?.required === true ? 'bad' : 'warn'}
          />
          <span>
            <span className="mono">{permission}</span> missing
            {costOf(permission) === undefined ? '' : `: ${costOf(permission)?.message ?? ''}`}
          </span>
        </li>
      ))}
      {permissions.unknown.map((permission) => (
        <li key={permission}>
          <Icon of={IconHelpCircle} className="muted" />
          <span>
            <span className="mono">{permission}</span> not known yet
            {costOf(permission) === undefined ? '' : `: ${costOf(permission)?.message ?? ''}`}
          </span>
        </li>
      ))}
    </ul>
  )
}
