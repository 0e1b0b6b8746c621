// What the palette can find, and where each leads.
import { useMantineColorScheme } from '@mantine/core'
import {
  IconBolt,
  IconBox,
  IconDeviceDesktop,
  IconLayoutDashboard,
  IconMoon,
  IconPlayerPlay,
  IconReceipt,
  IconReportMoney,
  IconRefresh,
  IconServer2,
  IconSettings,
  IconSun,
  IconTag,
  IconTerminal2,
  IconUser,
  IconUsers,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { vmWord } from '../components/estate/states.tsx'
import { automationTabs } from '../lib/automationTabs.ts'
import { formatMoneyShort } from '../lib/formatMoney.ts'
import { useAct, useRead } from '../lib/queries.ts'
import { reportTabs } from '../lib/reportTabs.ts'
import type { Findable } from '../lib/search.ts'
import { tellDone, tellFailure } from '../lib/tell.tsx'

export interface PaletteEntry extends Findable {
  readonly group: 'Commands' | 'Screens' | 'VMs' | 'Customers' | 'Invoices' | 'Nodes'
  readonly note: string
  readonly icon: TablerIcon
  readonly go: () => void
}

const mostRows = 20_000

/** Everything that can be found; the lists are read when the palette is open. */
export function usePaletteEntries(opened: boolean): readonly PaletteEntry[] {
  const estate = useEstateEntries(opened)
  const commands = useCommands()
  const screens = useScreens()
  return useMemo(() => [...commands, ...screens, ...estate], [commands, screens, estate])
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
      screen('VMs', IconDeviceDesktop, () => void navigate({ to: '/vms' }), 'fleet machines'),
      screen('Consoles', IconTerminal2, () => void navigate({ to: '/consoles' }), 'vnc serial terminal'),
      screen('Customers', IconUsers, () => void navigate({ to: '/customers' })),
      screen('Services', IconBox, () => void navigate({ to: '/services' }), 'links'),
      screen('Invoices', IconReceipt, () => void navigate({ to: '/invoices' })),
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

function useEstateEntries(opened: boolean): readonly PaletteEntry[] {
  const navigate = useNavigate()
  const vms = useRead('vms.list', {}, { enabled: opened }).data
  const nodes = useRead('nodes.list', {}).data
  const customers = useRead('billing.customers', { limit: mostRows }, { enabled: opened }).data?.rows
  const invoices = useRead('billing.invoices', { limit: mostRows }, { enabled: opened }).data?.rows
  return useMemo(() => {
    const vmEntries = (vms ?? []).map((vm): PaletteEntry => ({
      id: `vm/${vm.nodeId}/${vm.uuid}`,
      group: 'VMs',
      title: vm.name,
      words: [vm.nodeName, vm.uuid, vm.service?.customerName ?? '', ...vm.ipAddresses].join(' '),
      note: [vm.nodeName, vmWord(vm), vm.ipAddresses[0] ?? ''].filter((part) => part !== '').join(' · '),
      icon: IconDeviceDesktop,
      go: () => void navigate({ to: '/vms/$nodeId/$uuid', params: { nodeId: vm.nodeId, uuid: vm.uuid } }),
    }))
    const customerEntries = (customers ?? []).map((customer): PaletteEntry => ({
      id: `customer/${String(customer.id)}`,
      group: 'Customers',
      title: `${customer.firstName ?? ''} ${customer.lastName ?? ''}`.trim() || customer.email,
      words: `${customer.email} ${String(customer.id)}`,
      note: customer.email.slice(0, 60),
      icon: IconUser,
      go: () => void navigate({ to: '/customers', search: { open: String(customer.id) } }),
    }))
    const invoiceEntries = (invoices ?? []).map((invoice): PaletteEntry => ({
      id: `invoice/${String(invoice.id)}`,
      group: 'Invoices',
      title: `#${String(invoice.id)}`,
      words: `invoice ${String(invoice.id)} ${invoice.customerName ?? ''}`,
      note: [invoice.customerName?.slice(0, 40) ?? '', invoice.status, invoice.total === null ? '' : formatMoneyShort(invoice.total)]
        .filter((part) => part !== '')
        .join(' · '),
      icon: IconReceipt,
      go: () => void navigate({ to: '/invoices', search: { open: String(invoice.id) } }),
    }))
    const nodeEntries = (nodes ?? []).map((node): PaletteEntry => ({
      id: `node/${node.id}`,
      group: 'Nodes',
      title: node.name,
      words: `${node.url} ${node.capacity?.hostname ?? ''}`,
      note: node.state,
      icon: IconServer2,
      go: () => void navigate({ to: '/nodes/$nodeId', params: { nodeId: node.id } }),
    }))
    return [...vmEntries, ...customerEntries, ...invoiceEntries, ...nodeEntries]
  }, [vms, nodes, customers, invoices, navigate])
}
