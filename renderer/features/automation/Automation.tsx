// Automation: the queue, today's plan, the days ahead, findings, guards, holds, policy, the vault and the record, each a tab with an address.
import { Link, useParams } from '@tanstack/react-router'
import { IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Age } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Page } from '../../components/Page.tsx'
import type { AutomationTab } from '../../lib/automationTabs.ts'
import { automationTabs } from '../../lib/automationTabs.ts'
import { useJobBoard, useRunningJob } from '../../lib/jobs.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { Ahead } from './Ahead.tsx'
import { Findings } from './Findings.tsx'
import { Guards } from './Guards.tsx'
import { Holds } from './Holds.tsx'
import { Plan } from './Plan.tsx'
import { Policy } from './Policy.tsx'
import { Queue } from './Queue.tsx'
import { RecordTab } from './RecordTab.tsx'
import { runSummary } from './runSummary.ts'
import { Vault } from './Vault.tsx'
import './automation.css'

const tabNames: { readonly [Tab in AutomationTab]: string } = {
  queue: 'Queue',
  plan: 'Plan',
  ahead: 'Ahead',
  findings: 'Findings',
  guards: 'Guards',
  holds: 'Holds',
  policy: 'Policy',
  vault: 'Vault',
  record: 'Record',
}
const screens: { readonly [Tab in AutomationTab]: () => ReactNode } = {
  queue: Queue,
  plan: Plan,
  ahead: Ahead,
  findings: Findings,
  guards: Guards,
  holds: Holds,
  policy: Policy,
  vault: Vault,
  record: RecordTab,
}
const filledTabs: readonly AutomationTab[] = ['plan', 'holds', 'vault', 'record']

export function Automation() {
  const { tab: named } = useParams({ from: '/automation/$tab' })
  const tab = automationTabs.find((known) => known === named) ?? 'queue'
  const status = useRead('automation.status', {}).data
  const holds = useRead('holds.list', {}).data?.length ?? 0
  const findings = useRead('automation.findings', {}).data?.length ?? 0
  const Screen = screens[tab]
  const counts: Partial<Record<AutomationTab, { readonly amount: number; readonly tone: string }>> = {
    queue: { amount: (status?.waiting ?? 0) + (status?.failed ?? 0), tone: 'warn' },
    findings: { amount: findings, tone: 'muted' },
    guards: { amount: status?.guards ?? 0, tone: 'warn' },
    holds: { amount: holds, tone: 'muted' },
  }
  return (
    <Page
      title="Automation"
      filled={filledTabs.includes(tab)}
      age={status !== undefined && <Age of="last run" at={status.lastRunAt} never="not run yet" />}
      actions={<RunNow />}
      tabs={automationTabs.map((one) => (
        <Link key={one} to="/automation/$tab" params={{ tab: one }} activeOptions={{ includeSearch: false }}>
          {tabNames[one]}
          {(counts[one]?.amount ?? 0) > 0 && <b className={counts[one]?.tone ?? ''}>{counts[one]?.amount}</b>}
        </Link>
      ))}
    >
      <Screen />
    </Page>
  )
}

function RunNow() {
  const run = useAct('automation.run')
  const board = useJobBoard()
  const running = useRunningJob('run')
  const follow = async (jobId: string): Promise<void> => {
    try {
      const job = await board.end(jobId)
      tellDone('Run ended', runSummary(job.result))
    } catch (error) {
      tellFailure('The run did not end well', error)
    }
  }
  return (
    <Button
      icon={<Icon of={IconPlayerPlay} />}
      busy={run.isPending || running !== undefined}
      title={running?.label ?? 'Sync, plan, act on what may be done, verify'}
      onClick={() => {
        run.mutate(
          {},
          {
            onSuccess: ({ jobId }) => {
              void follow(jobId)
            },
            onError: (error) => {
              tellFailure('Automation could not be run', error)
            },
          },
        )
      }}
    >
      Run now
    </Button>
  )
}
