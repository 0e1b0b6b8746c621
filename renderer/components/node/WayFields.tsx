// The fields of a way to a node: its address, directly or through an SSH server.
import { NumberInput, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { changed, type Way } from './way.ts'

interface WayFieldsProps {
  readonly way: Way
  readonly onChange: (way: Way) => void
  /** A passphrase may be in the keychain already: left empty, it stays. */
  readonly keepsPassphrase?: boolean
}

export function WayFields({ way, onChange, keepsPassphrase = false }: WayFieldsProps) {
  const put = (change: Partial<Way>): void => {
    onChange(changed(way, change))
  }
  return (
    <>
      <SegmentedControl
        aria-label="How it is reached"
        value={way.kind}
        onChange={(kind) => {
          const next = kind === 'ssh' ? 'ssh' : 'direct'
          put({ kind: next, ...(next === 'ssh' && way.url === '' ? { url: 'http://127.0.0.1:5550' } : {}) })
        }}
        data={[
          { value: 'direct', label: 'Directly' },
          { value: 'ssh', label: 'Through SSH' },
        ]}
      />
      {way.kind === 'ssh' && <SshFields way={way} put={put} keepsPassphrase={keepsPassphrase} />}
      <TextInput
        label="Address"
        description={way.kind === 'ssh' ? 'As the SSH server reaches Flint, without a path' : 'As the browser reaches Flint, without a path'}
        placeholder="https://node.example:5550"
        required
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        value={way.url}
        onChange={(event) => {
          put({ url: event.currentTarget.value })
        }}
      />
    </>
  )
}

interface SshFieldsProps {
  readonly way: Way
  readonly put: (change: Partial<Way>) => void
  readonly keepsPassphrase: boolean
}

function SshFields({ way, put, keepsPassphrase }: SshFieldsProps) {
  return (
    <>
      <div className="row top">
        <TextInput
          label="SSH server"
          placeholder="node.example"
          required
          flex={1}
          spellCheck={false}
          autoComplete="off"
          value={way.host}
          onChange={(event) => {
            put({ host: event.currentTarget.value })
          }}
        />
        <NumberInput
          label="Port"
          w={80}
          min={1}
          max={65_535}
          hideControls
          allowDecimal={false}
          value={way.port}
          onChange={(port) => {
            put({ port: typeof port === 'number' ? port : 22 })
          }}
        />
        <TextInput
          label="User"
          w={110}
          required
          spellCheck={false}
          autoComplete="off"
          value={way.user}
          onChange={(event) => {
            put({ user: event.currentTarget.value })
          }}
        />
      </div>
      <SegmentedControl
        aria-label="How the SSH server lets you in"
        value={way.auth}
        onChange={(auth) => {
          put({ auth: auth === 'key-file' ? 'key-file' : 'agent' })
        }}
        data={[
          { value: 'agent', label: 'By the SSH agent' },
          { value: 'key-file', label: 'By a key file' },
        ]}
      />
      {way.auth === 'key-file' && (
        <div className="row top">
          <TextInput
            label="Key file"
            description="On the machine that runs the worker"
            required
            flex={1}
            spellCheck={false}
            autoComplete="off"
            value={way.keyFile}
            onChange={(event) => {
              put({ keyFile: event.currentTarget.value })
            }}
          />
          <PasswordInput
            label="Its passphrase"
            description={keepsPassphrase ? 'Empty: as before' : 'Kept in the keychain'}
            flex={1}
            autoComplete="off"
            value={way.passphrase}
            onChange={(event) => {
              put({ passphrase: event.currentTarget.value })
            }}
          />
        </div>
      )}
    </>
  )
}
