// What a new VM is told at its first boot: name, user, a generated password, keys, its network.
import { Select, Switch, TextInput, Textarea } from '@mantine/core'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { Note } from '../../components/Note.tsx'

export type FirstBoot = NonNullable<MethodInput<'vms.create'>['cloudInit']>

export const firstBootDefault: FirstBoot = { hostname: '', username: 'root', password: true, sshKeys: '', packages: [], network: null }

interface FirstBootFieldsProps {
  /** Null: no first-boot settings at all. */
  readonly value: FirstBoot | null
  readonly onChange: (value: FirstBoot | null) => void
}

const emptyAddress = { address: '', prefix: 24, gateway: '', dnsServers: [] }

export function FirstBootFields({ value, onChange }: FirstBootFieldsProps) {
  return (
    <>
      <Switch
        label="First-boot settings (cloud-init)"
        checked={value !== null}
        onChange={(event) => {
          onChange(event.currentTarget.checked ? firstBootDefault : null)
        }}
      />
      {value !== null && <Fields value={value} onChange={onChange} />}
    </>
  )
}

function Fields({ value, onChange }: { readonly value: FirstBoot; readonly onChange: (value: FirstBoot) => void }) {
  const fixed = value.network !== null && value.network !== 'dhcp' ? value.network : null
  return (
    <>
      <div className="fields">
        <TextInput
          label="Host name"
          placeholder="as the VM"
          value={value.hostname}
          onChange={(event) => {
            onChange({ ...value, hostname: event.currentTarget.value })
          }}
        />
        <TextInput
          label="User"
          value={value.username}
          onChange={(event) => {
            onChange({ ...value, username: event.currentTarget.value })
          }}
        />
        <Select
          label="Network inside"
          value={fixed !== null ? 'fixed' : value.network === 'dhcp' ? 'dhcp' : 'none'}
          allowDeselect={false}
          data={[
            { value: 'none', label: 'As the image has it' },
            { value: 'dhcp', label: 'By DHCP' },
            { value: 'fixed', label: 'A fixed address' },
          ]}
          onChange={(kind) => {
            onChange({ ...value, network: kind === 'dhcp' ? 'dhcp' : kind === 'fixed' ? emptyAddress : null })
          }}
        />
      </div>
      {fixed !== null && (
        <div className="fields">
          <TextInput
            label="Address / prefix"
            placeholder="203.0.113.7/24"
            defaultValue=""
            onChange={(event) => {
              const [address = '', prefix = '24'] = event.currentTarget.value.split('/')
              onChange({ ...value, network: { ...fixed, address: address.trim(), prefix: Number(prefix) } })
            }}
          />
          <TextInput
            label="Gateway"
            value={fixed.gateway}
            onChange={(event) => {
              onChange({ ...value, network: { ...fixed, gateway: event.currentTarget.value.trim() } })
            }}
          />
          <TextInput
            label="Name servers"
            placeholder="one or more, with blanks"
            defaultValue=""
            onChange={(event) => {
              onChange({
                ...value,
                network: { ...fixed, dnsServers: event.currentTarget.value.split(/[\s,]+/).filter((one) => one !== '') },
              })
            }}
          />
        </div>
      )}
      <Switch
        label="Make a password, and show it once"
        checked={value.password}
        onChange={(event) => {
          onChange({ ...value, password: event.currentTarget.checked })
        }}
      />
      <Textarea
        label="Public keys"
        description="One a line"
        autosize
        minRows={1}
        maxRows={5}
        spellCheck={false}
        value={value.sshKeys}
        onChange={(event) => {
          onChange({ ...value, sshKeys: event.currentTarget.value })
        }}
      />
      {value.password && (
        <Note tone="warn" title="Flint writes this password into its own log in clear text.">
          <p>It is kept nowhere here. Have it changed at the first login, or give a key instead.</p>
        </Note>
      )}
    </>
  )
}
