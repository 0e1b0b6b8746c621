// The palette: VMs, addresses, customers, e-mail, invoices, nodes, screens and commands, by Ctrl/Cmd+K.
import { Spotlight } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Icon } from '../components/Icon.tsx'
import { MiddleCut } from '../components/MiddleCut.tsx'
import { findAmong } from '../lib/search.ts'
import { usePaletteEntries } from './paletteEntries.tsx'
import type { PaletteEntry } from './paletteEntries.tsx'

const perGroup = 6
const groups = ['Commands', 'Screens', 'VMs', 'Customers', 'Invoices', 'Nodes'] as const

export function Palette() {
  const [opened, setOpened] = useState(false)
  const [query, setQuery] = useState('')
  const searched = useDeferredValue(query)
  const entries = usePaletteEntries(opened)
  const found = useMemo(
    () =>
      groups
        .map((group) => {
          const own = entries.filter((entry) => entry.group === group)
          const always = searched.trim() === '' && (group === 'Commands' || group === 'Screens')
          return { group, entries: always ? own : findAmong(own, searched, perGroup) }
        })
        .filter((part) => part.entries.length > 0),
    [entries, searched],
  )
  return (
    <Spotlight.Root
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
      onSpotlightOpen={() => {
        setOpened(true)
      }}
      onSpotlightClose={() => {
        setOpened(false)
      }}
    >
      <Spotlight.Search
        placeholder="VM, address, customer, e-mail, invoice, node, command"
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
          <Spotlight.Empty>{searched.trim() === '' ? 'Type to search' : 'Nothing fits. All words must occur.'}</Spotlight.Empty>
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
