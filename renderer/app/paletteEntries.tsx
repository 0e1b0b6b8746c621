// What the palette can find, and where each leads.
import { useMantineColorScheme } from '@mantine/core'
import {
  IconBolt,
  IconBox,
  IconChartAreaLine,
  IconDeviceDesktop,
  IconDroplet,
  IconLayoutDashboard,
  IconMessages,
  IconMoon,
  IconPlayerPlay,
  IconQuestionMark,
  IconReceipt,
  IconRefresh,
  IconReportMoney,
  IconServer2,
  IconSettings,
  IconSun,
  IconTag,
  IconTerminal2,
  IconUsers,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { automationTabs } from '../lib/automationTabs.ts'
import { useAct } from '../lib/queries.ts'
import { reportTabs } from '../lib/reportTabs.ts'
import type { Findable } from '../lib/search.ts'
import { tellDone, tellFailure } from '../lib/tell.tsx'

export interface PaletteEntry extends Findable {
  readonly group: 'Commands' | 'Screens' | 'VMs' | 'Customers' | 'Services' | 'Invoices' | 'Tickets' | 'Products' | 'Nodes'
  readonly note: string
  readonly icon: TablerIcon
  readonly go: () => void
}

/** What is always there; everything else is searched for. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const commands = useCommands()
  const screens = useScreens()
  return useMemo(() => [...commands, ...screens], [commands, screens])
}

function useCommands(): readonly PaletteEntry[] {
  const sync = useAct('billing.sync')
  const run = useAct('automation.run')
  const check = useAct('nodes.check')
  const { setColorScheme } = useMantineColorScheme()
  const { mutate: startSync } = sync
  const { mutate: startRun } = run
  const { mutate: startCheck } = check
  return useMemo(() => {
    const failed = (title: string) => (error: Error) => {
      tellFailure(title, error)
    }
    const command = (title: string, words: string, icon: TablerIcon, go: () => void): PaletteEntry => ({
      id: `command/${title}`,
      group: 'Commands',
      title,
      words,
      note: '',
      icon,
      go,
    })
    return [
      command('Sync billing now', 'paymenter mirror', IconRefresh, () => {
        startSync(
          {},
          {
            onSuccess: () => {
              tellDone('Billing is being read')
            },
            onError: failed('Billing could not be read'),
          },
        )
      }),
      command('Run automation now', 'plan act verify', IconPlayerPlay, () => {
        startRun(
          {},
          {
            onSuccess: () => {
              tellDone('Automation runs')
            },
            onError: failed('Automation could not be run'),
          },
        )
      }),
      command('Check all nodes', 'probe health', IconServer2, () => {
        startCheck(
          {},
          {
            onSuccess: () => {
              tellDone('Nodes checked')
            },
            onError: failed('The nodes could not be checked'),
          },
        )
      }),
      command('Theme: dark', 'appearance colour', IconMoon, () => {
        setColorScheme('dark')
      }),
      command('Theme: light', 'appearance colour', IconSun, () => {
        setColorScheme('light')
      }),
      command('Theme: as the system', 'appearance colour auto', IconSettings, () => {
        setColorScheme('auto')
      }),
    ]
  }, [startSync, startRun, startCheck, setColorScheme])
}

function useScreens(): readonly PaletteEntry[] {
  const navigate = useNavigate()
  return useMemo(() => {
    const screen = (title: string, icon: TablerIcon, go: () => void, words = ''): PaletteEntry => ({
      id: `screen/${title}`,
      group: 'Screens',
      title,
      words,
      note: '',
      icon,
      go,
    })
    return [
      screen('Overview', IconLayoutDashboard, () => void navigate({ to: '/' })),
      screen('Nodes', IconServer2, () => void navigate({ to: '/nodes' })),
      screen('Capacity', IconChartAreaLine, () => void navigate({ to: '/capacity' }), 'history forecast headroom graphs'),
      screen('VMs', IconDeviceDesktop, () => void navigate({ to: '/vms' }), 'fleet machines'),
      screen('Consoles', IconTerminal2, () => void navigate({ to: '/consoles' }), 'vnc serial terminal'),
      screen('Customers', IconUsers, () => void navigate({ to: '/customers' })),
      screen('Services', IconBox, () => void navigate({ to: '/services' }), 'links'),
      screen('Invoices', IconReceipt, () => void navigate({ to: '/invoices' })),
      screen('Tickets', IconMessages, () => void navigate({ to: '/tickets' }), 'support conversation'),
      screen('Leaks', IconDroplet, () => void navigate({ to: '/leaks' }), 'orphans unpaid running links'),
      screen('Not derived', IconQuestionMark, () => void navigate({ to: '/underived' }), 'billing unreadable values'),
      screen('Plans', IconTag, () => void navigate({ to: '/plans' }), 'products prices'),
      ...automationTabs.map((tab) =>
        screen(`Automation: ${tab}`, IconBolt, () => void navigate({ to: '/automation/$tab', params: { tab } })),
      ),
      ...reportTabs.map((report) =>
        screen(`Reports: ${report}`, IconReportMoney, () => void navigate({ to: '/reports/$report', params: { report } }), 'revenue money'),
      ),
      screen('Settings', IconSettings, () => void navigate({ to: '/settings' }), 'billing appearance about'),
    ]
  }, [navigate])
}
