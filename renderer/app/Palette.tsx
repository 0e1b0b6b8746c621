// The palette: VMs, addresses, customers, e-mail, invoices, nodes, screens and commands, by Ctrl/Cmd+K.
import { Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { Icon } from '../components/Icon.tsx'
import { MiddleCut } from '../components/MiddleCut.tsx'
import { failureOf } from '../lib/failure.ts'
import { paletteStore, selectFirstEntry } from '../lib/palette.ts'
import { findAmong } from '../lib/search.ts'
import { useFoundEntries } from './foundEntries.tsx'
import { usePaletteEntries } from './paletteEntries.tsx'
import type { PaletteEntry } from './paletteEntries.tsx'

const perGroup = 6
const groups = ['VMs', 'Customers', 'Services', 'Invoices', 'Tickets', 'Products', 'Nodes', 'Commands', 'Screens'] as const

export function Palette() {
  const [query, setQuery] = useState('')
  const searched = useDeferredValue(query)
  const fixed = usePaletteEntries()
  const { entries: hits, searching, error } = useFoundEntries(searched)
  const found = useMemo(
    () =>
      groups
        .map((group) => {
          if (group !== 'Commands' && group !== 'Screens') return { group, entries: hits.filter((entry) => entry.group === group) }
          const own = fixed.filter((entry) => entry.group === group)
          return { group, entries: searched.trim() === '' ? own : findAmong(own, searched, perGroup) }
        })
        .filter((part) => part.entries.length > 0),
    [fixed, hits, searched],
  )
  useEffect(() => {
    if (searched.trim() !== '' && found.length > 0) selectFirstEntry()
  }, [found, searched])
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      scrollable
      maxHeight={460}
      size={600}
      radius={8}
      tagsToIgnore={[]}
      title="Search and commands"
      centered={false}
      yOffset="12vh"
      transitionProps={{ duration: 80, transition: 'fade' }}
      overlayProps={{ color: 'var(--veil)', backgroundOpacity: 1, blur: 0 }}
    >
      <Spotlight.Search
        placeholder="VM, address, customer, e-mail, #invoice, ticket, command"
        leftSection={<Icon of={IconSearch} />}
        aria-label="Search"
      />
      <Spotlight.ActionsList>
        {found.map((part) => (
          <Spotlight.ActionsGroup key={part.group} label={part.group}>
            {part.entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {found.length === 0 && (
          <Spotlight.Empty>
            {error !== null
              ? failureOf(error).message
              : searching
                ? 'Searching'
                : searched.trim() === ''
                  ? 'Type to search'
                  : 'Nothing fits. All words must occur; names may be a letter or two off.'}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

function Entry({ entry }: { readonly entry: PaletteEntry }) {
  return (
    <Spotlight.Action className="palette-action" onClick={entry.go}>
      <Icon of={entry.icon} />
      <span className="cut">
        <MiddleCut text={entry.title} />
      </span>
      <small>{entry.note}</small>
    </Spotlight.Action>
  )
}
