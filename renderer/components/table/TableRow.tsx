// One row of a data table: its cells, its checkbox, its actions; drawn again only when something of its own changes.
import { memo } from 'react'
import type { ReactNode } from 'react'
import type { DataColumn } from './columns.ts'

interface TableRowProps<Row> {
  readonly row: Row
  readonly index: number
  readonly columns: readonly DataColumn<Row>[]
  readonly focusable: boolean
  readonly onFocus: (index: number) => void
  /** Null where rows cannot be selected. */
  readonly selected: boolean | null
  readonly onToggle: (row: Row) => void
  readonly current: boolean
  readonly onOpen: ((row: Row) => void) | undefined
  readonly renderRowActions: ((row: Row) => ReactNode) | undefined
  readonly className: string
}

function Row<T extends object>({
  row,
  index,
  columns,
  focusable,
  onFocus,
  selected,
  onToggle,
  current,
  onOpen,
  renderRowActions,
  className,
}: TableRowProps<T>) {
  const selectable = selected !== null
  const classes = ['', current ? 'current' : '', onOpen === undefined ? '' : 'openable', className].join(' ').trim()
  return (
    <tr
      data-row={index}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className={classes}
      tabIndex={focusable ? 0 : -1}
      onFocus={() => {
        onFocus(index)
      }}
      onClick={(event) => {
        const control = event.target instanceof Element && event.target.closest('a, button, input, label, [role="menu"]') !== null
        if (!control && onOpen !== undefined && window.getSelection()?.isCollapsed !== false) onOpen(row)
      }}
    >
      {selectable && (
        <td className="select stay">
          <input
            type="checkbox"
            tabIndex={focusable ? 0 : -1}
            aria-label={`Select ${String(columns[0]?.value(row) ?? `row ${String(index + 1)}`).slice(0, 120)}`}
            checked={selected}
            onChange={() => {
              onToggle(row)
            }}
          />
        </td>
      )}
      {columns.map((column, position) => (
        <td key={column.id} className={`${column.end === true ? 'end' : ''} ${position === 0 ? `stay ${selectable ? 'second' : ''}` : ''}`}>
          {column.cell === undefined ? column.value(row) : column.cell(row)}
        </td>
      ))}
      {renderRowActions !== undefined && (
        <td className="actions">
          <div>{renderRowActions(row)}</div>
        </td>
      )}
    </tr>
  )
}

export const TableRow = memo(Row) as typeof Row
