// What the worker's search found, as entries of the palette.
import { IconBox, IconDeviceDesktop, IconMessages, IconReceipt, IconServer2, IconTag, IconUser } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { MethodOutput } from '../../shared/contract/index.ts'
import { formatMoneyShort } from '../lib/formatMoney.ts'
import { useRead } from '../lib/queries.ts'
import type { PaletteEntry } from './paletteEntries.tsx'

type Hit = MethodOutput<'search.find'>['hits'][number]

const looks: Record<Hit['kind'], { readonly group: PaletteEntry['group']; readonly icon: TablerIcon }> = {
  vm: { group: 'VMs', icon: IconDeviceDesktop },
  customer: { group: 'Customers', icon: IconUser },
  service: { group: 'Services', icon: IconBox },
  invoice: { group: 'Invoices', icon: IconReceipt },
  ticket: { group: 'Tickets', icon: IconMessages },
  product: { group: 'Products', icon: IconTag },
  node: { group: 'Nodes', icon: IconServer2 },
}

const longestPart = 48

function joined(...parts: readonly (string | null)[]): string {
  return parts.flatMap((part) => (part === null || part === '' ? [] : [part.slice(0, longestPart)])).join(' · ')
}

function titleOf(hit: Hit): string {
  if (hit.id === null || hit.kind === 'customer' || hit.kind === 'product') return hit.title
  return hit.title === '' ? `#${String(hit.id)}` : `#${String(hit.id)} ${hit.title}`
}

function noteOf(hit: Hit): string {
  const total = hit.total === null ? null : formatMoneyShort(hit.total)
  switch (hit.kind) {
    case 'vm':
      return joined(hit.node, hit.status, hit.address, hit.customerName)
    case 'node':
      return joined(hit.status)
    case 'customer':
      return joined(hit.isNear ? 'nearly' : null, hit.email)
    case 'service':
      return joined(hit.customerName, hit.status, hit.address)
    case 'invoice':
      return joined(hit.customerName, hit.status, total)
    case 'ticket':
      return joined(hit.customerName, hit.status)
    case 'product':
      return ''
  }
}

/** The entries for a text, those of the text before while the next ones are searched. */
export function useFoundEntries(text: string): { readonly entries: readonly PaletteEntry[]; readonly searching: boolean; readonly error: Error | null } {
  const navigate = useNavigate()
  const asked = text.trim()
  const found = useRead('search.find', { text: asked.slice(0, 500) }, { enabled: asked !== '', keepPrevious: true })
  const entries = useMemo(() => {
    const go = (hit: Hit): void => {
      const open = { open: String(hit.id ?? '') }
      if (hit.kind === 'vm' && hit.nodeId !== null && hit.uuid !== null) void navigate({ to: '/vms/$nodeId/$uuid', params: { nodeId: hit.nodeId, uuid: hit.uuid } })
      else if (hit.kind === 'node' && hit.nodeId !== null) void navigate({ to: '/nodes/$nodeId', params: { nodeId: hit.nodeId } })
      else if (hit.kind === 'customer') void navigate({ to: '/customers/$id', params: { id: String(hit.id ?? '') } })
      else if (hit.kind === 'service') void navigate({ to: '/services', search: open })
      else if (hit.kind === 'invoice') void navigate({ to: '/invoices', search: open })
      else if (hit.kind === 'ticket') void navigate({ to: '/tickets', search: open })
      else void navigate({ to: '/plans', search: { filter: hit.title.includes('"') ? hit.title.replaceAll('"', ' ') : `"${hit.title}"` } })
    }
    return (asked === '' ? [] : (found.data?.hits ?? [])).map((hit): PaletteEntry => ({
      id: `${hit.kind}/${hit.nodeId ?? ''}/${hit.uuid ?? ''}/${String(hit.id ?? '')}`,
      group: looks[hit.kind].group,
      icon: looks[hit.kind].icon,
      title: titleOf(hit),
      words: '',
      note: noteOf(hit),
      go: () => {
        go(hit)
      },
    }))
  }, [found.data, asked, navigate])
  return { entries, searching: asked !== '' && found.isFetching, error: found.error }
}
