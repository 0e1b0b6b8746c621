// The filter line above a table, with the filters that the operator has saved.
import { Menu } from '@mantine/core'
import { IconBookmark, IconFilter, IconTrash, IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { Button } from '../Button.tsx'
import { Icon } from '../Icon.tsx'
import type { SavedFilter } from './useTableChoices.ts'

interface FilterBoxProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** The keys that may stand before a colon, for the hint. */
  readonly keys: readonly string[]
  readonly views: readonly SavedFilter[]
  readonly saved: readonly SavedFilter[]
  readonly onSaved: (saved: SavedFilter[]) => void
  readonly children?: ReactNode
}

export function FilterBox({ label, value, onChange, keys, views, saved, onSaved, children }: FilterBoxProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focusOnSlash = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"]') !== null
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      input.current?.focus()
    }
    window.addEventListener('keydown', focusOnSlash)
    return () => {
      window.removeEventListener('keydown', focusOnSlash)
    }
  }, [])
  const hint = keys.length === 0 ? 'Filter' : `Filter: words, ${keys.map((key) => `${key}:`).join(' ')}`
  return (
    <div className="filters">
      <div className="filter-box">
        <Icon of={IconFilter} />
        <input
          ref={input}
          type="text"
          value={value}
          spellCheck={false}
          aria-label={`Filter ${label}`}
          placeholder={hint}
          onChange={(event) => {
            onChange(event.currentTarget.value)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && value !== '') {
              event.preventDefault()
              event.nativeEvent.stopImmediatePropagation()
              onChange('')
            }
          }}
        />
        {value !== '' && (
          <button
            type="button"
            aria-label="Clear the filter"
            onClick={() => {
              onChange('')
              input.current?.focus()
            }}
          >
            <Icon of={IconX} />
          </button>
        )}
      </div>
      <Menu>
        <Menu.Target>
          <Button icon={<Icon of={IconBookmark} />}>Views</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Filters</Menu.Label>
          {[...views, ...saved].map((view) => (
            <Menu.Item
              key={view.name}
              onClick={() => {
                onChange(view.filter)
              }}
              rightSection={<span className="mono muted">{view.filter}</span>}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item
            disabled={value.trim() === '' || [...views, ...saved].some((view) => view.filter === value.trim())}
            onClick={() => {
              onSaved([...saved, { name: value.trim(), filter: value.trim() }])
            }}
          >
            Save this filter
          </Menu.Item>
          {saved.map((view) => (
            <Menu.Item
              key={view.name}
              color="red"
              leftSection={<Icon of={IconTrash} />}
              onClick={() => {
                onSaved(saved.filter((other) => other !== view))
              }}
            >
              Forget {view.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {children}
    </div>
  )
}
