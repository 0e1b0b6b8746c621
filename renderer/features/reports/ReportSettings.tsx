// The fiscal year, rates between currencies, what nodes cost, and the month's report that is saved by itself.
import { Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { Instant } from '../../components/Age.tsx'
import { Skeleton } from '../../components/EmptyState.tsx'
import { NodeCost } from '../../components/estate/NodeCost.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Panel } from '../../components/Panel.tsx'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import type { About } from './useReports.ts'

type Settings = MethodOutput<'reports.settings'>

const monthNames = Array.from({ length: 12 }, (_, index) =>
  new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, index, 1)),
)

export function ReportSettings({ about }: { readonly about: About | undefined }) {
  const settings = useRead('reports.settings', {})
  if (settings.data === undefined) return settings.error === null ? <Skeleton lines={6} /> : <ErrorNotice error={settings.error} />
  return (
    <>
      <section className="grid halves">
        <Periods settings={settings.data} />
        <Rates key={JSON.stringify(settings.data.rates)} settings={settings.data} currencies={about?.currencies ?? []} />
      </section>
      <section className="grid halves">
        <NodeCosts settings={settings.data} currency={about?.currencies[0] ?? settings.data.rates.base} />
        <SavedReports settings={settings.data} />
      </section>
    </>
  )
}

function useSave() {
  const save = useAct('reports.setSettings')
  return (changes: Parameters<typeof save.mutate>[0], done: string) => {
    save.mutate(changes, {
      onSuccess: () => {
        tellDone(done)
      },
      onError: (error) => {
        tellFailure('That could not be saved', error)
      },
    })
  }
}

function Periods({ settings }: { readonly settings: Settings }) {
  const save = useSave()
  return (
    <Panel title="Fiscal year">
      <div className="panel-body stack tight">
        <Select
          label="It begins in"
          description="Quarters and years of all reports begin there; April is usual in India."
          w={240}
          allowDeselect={false}
          data={monthNames.map((name, index) => ({ value: String(index + 1), label: name }))}
          value={String(settings.firstMonth)}
          onChange={(value) => {
            if (value !== null) save({ firstMonth: Number(value) }, 'The fiscal year was changed')
          }}
        />
      </div>
    </Panel>
  )
}

function Rates({ settings, currencies }: { readonly settings: Settings; readonly currencies: readonly string[] }) {
  const save = useSave()
  const { rates } = settings
  const [base, setBase] = useState(currencies.includes(rates.base) ? rates.base : (currencies[0] ?? rates.base))
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(rates.rates)
  const others = currencies.filter((currency) => currency !== base)
  const put = (on: boolean): void => {
    const known = Object.fromEntries(
      others.flatMap((currency) => ((typed[currency] ?? '').trim() === '' ? [] : [[currency, (typed[currency] ?? '').trim()]])),
    )
    save({ rates: { on, base, rates: known } }, on ? 'Your rates are in force' : 'Your rates are off')
  }
  return (
    <Panel title="Rates between currencies">
      <div className="panel-body stack tight">
        <p className="muted">
          Amounts of different currencies are never added by themselves. Rates that you enter here are fixed until you change them, and
          marked wherever they are used.
        </p>
        {others.length === 0 ? (
          <p className="muted">There is only one currency, {base}.</p>
        ) : (
          <>
            <Select
              label="Into"
              w={120}
              allowDeselect={false}
              data={[...currencies]}
              value={base}
              onChange={(value) => {
                setBase(value ?? base)
              }}
            />
            {others.map((currency) => (
              <TextInput
                key={currency}
                label={`1 ${currency} in ${base}`}
                w={160}
                inputMode="decimal"
                placeholder="83.20"
                value={typed[currency] ?? ''}
                onChange={(event) => {
                  const { value } = event.currentTarget
                  setTyped((before) => ({ ...before, [currency]: value }))
                }}
              />
            ))}
            <div className="row">
              <Button
                kind="primary"
                onClick={() => {
                  put(true)
                }}
              >
                Use these rates
              </Button>
              {rates.on && (
                <Button
                  onClick={() => {
                    put(false)
                  }}
                >
                  Switch off
                </Button>
              )}
            </div>
          </>
        )}
      </div>
    </Panel>
  )
}

function NodeCosts({ settings, currency }: { readonly settings: Settings; readonly currency: string }) {
  const nodes = useRead('nodes.list', {}).data ?? []
  return (
    <Panel title="What nodes cost" note="in a month">
      <div className="panel-body stack tight">
        {nodes.length === 0 && <p className="muted">No node is connected.</p>}
        {nodes.map((node) => {
          const cost = settings.nodeCosts.find((one) => one.nodeId === node.id)?.cost ?? null
          return (
            <NodeCost key={`${node.id}/${String(cost?.amountMinor)}`} nodeId={node.id} name={node.name} cost={cost} currency={currency} />
          )
        })}
      </div>
    </Panel>
  )
}

function SavedReports({ settings }: { readonly settings: Settings }) {
  const save = useSave()
  const saved = useRead('reports.saved', {}).data ?? []
  const { monthly } = settings
  return (
    <Panel title="A month’s report">
      <div className="panel-body stack tight">
        <Switch
          label="Save it by itself on the first of the next month"
          checked={monthly.on}
          onChange={(event) => {
            save(
              { monthly: { ...monthly, on: event.currentTarget.checked } },
              event.currentTarget.checked ? 'It will be saved' : 'It will not be saved by itself',
            )
          }}
        />
        <Select
          label="Paper"
          w={120}
          allowDeselect={false}
          data={[
            { value: 'a4', label: 'A4' },
            { value: 'letter', label: 'Letter' },
          ]}
          value={monthly.paper}
          onChange={(value) => {
            save({ monthly: { ...monthly, paper: value === 'letter' ? 'letter' : 'a4' } }, 'The paper was changed')
          }}
        />
        <Switch
          label="Mail it, where a mail server is set up (Notices)"
          checked={monthly.mail}
          disabled={!monthly.on}
          onChange={(event) => {
            save(
              { monthly: { ...monthly, mail: event.currentTarget.checked } },
              event.currentTarget.checked ? 'It will be mailed' : 'It will not be mailed',
            )
          }}
        />
        <MailTo monthly={monthly} />
        <LastMail mail={settings.mail} />
        {saved.length === 0 ? (
          <p className="muted">None was saved yet. It is made when billing has been read completely in the new month.</p>
        ) : (
          <ul className="saved-reports">
            {saved.map((one) => (
              <li key={one.month}>
                <b>{one.month}</b> <Instant at={one.savedAt} /> <span className="mono wrap">{one.folder}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  )
}

function MailTo({ monthly }: { readonly monthly: Settings['monthly'] }) {
  const save = useSave()
  const [typed, setTyped] = useState(monthly.mailTo ?? '')
  const put = (): void => {
    const mailTo = typed.trim() === '' ? null : typed.trim()
    if (mailTo !== monthly.mailTo) save({ monthly: { ...monthly, mailTo } }, 'The address was changed')
  }
  return (
    <TextInput
      label="To"
      w={280}
      type="email"
      placeholder="the sender’s own address"
      disabled={!monthly.on || !monthly.mail}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
      }}
      onBlur={put}
      onKeyDown={(event) => {
        if (event.key === 'Enter') put()
      }}
    />
  )
}

const mailWords = { waiting: 'waits to be mailed to', sent: 'was mailed to', uncertain: 'may or may not have been mailed to', failed: 'could not be mailed to' } as const

function LastMail({ mail }: { readonly mail: Settings['mail'] }) {
  if (mail === null) return null
  return (
    <p className={mail.state === 'failed' || mail.state === 'uncertain' ? undefined : 'muted'} role="status">
      The report of {mail.month} {mailWords[mail.state]} {mail.to}
      {mail.state === 'sent' ? (
        <>
          {' '}
          <Instant at={mail.at} />
        </>
      ) : (
        ''
      )}
      .{mail.error === null ? '' : ` ${mail.error.message} ${mail.error.hint ?? ''}`}
    </p>
  )
}
