// The rows of a data table: only those in view exist in the document; arrow keys walk, Enter opens, Space selects.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { useRowHeightPx } from '../../lib/density.ts'
import { Icon } from '../Icon.tsx'
import type { DataColumn } from './columns.ts'
import { TableRow } from './TableRow.tsx'
import type { SortChoice } from './useTableChoices.ts'

interface TableBodyProps<Row> {
  readonly label: string
  /** May have holes: rows that are not read yet; `onView` says which are wanted. */
  readonly rows: readonly (Row | undefined)[]
  readonly rowKey: (row: Row) => string
  readonly columns: readonly DataColumn<Row>[]
  readonly sorting: readonly SortChoice[]
  readonly onSort: (columnId: string) => void
  /** Null where rows cannot be selected. */
  readonly selection: ReadonlySet<string> | null
  readonly onSelect: (selection: ReadonlySet<string>) => void
  readonly openKey: string | undefined
  readonly onOpen: ((row: Row) => void) | undefined
  readonly renderRowActions: ((row: Row) => ReactNode) | undefined
  readonly rowClass: ((row: Row) => string) | undefined
  readonly onPointer: (inside: boolean) => void
  /** Which rows are in view, the first and the one after the last. */
  readonly onView?: (first: number, end: number) => void
}

const headerHeightPx = 30
const actionsWidthPx = 124

export function TableBody<Row extends object>(props: TableBodyProps<Row>) {
  const { rows, rowKey, columns, selection, onSelect, renderRowActions } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rowHeightPx = useRowHeightPx()
  const [focused, setFocused] = useState(0)
  const focusWanted = useRef(false)
  // Both stay the same functions while only the scroll position moves: the virtualizer measures 10,000 rows anew for others.
  const heightOf = useCallback(() => rowHeightPx, [rowHeightPx])
  const keyAt = useCallback(
    (index: number) => {
      const row = rows[index]
      return row === undefined ? index : rowKey(row)
    },
    [rows, rowKey],
  )
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf,
    overscan: 12,
    useFlushSync: false,
    scrollPaddingStart: headerHeightPx,
    getItemKey: keyAt,
  })
  // Measured when it is made; again only when rows get another height, for it goes through all of them.
  const measuredPx = useRef(rowHeightPx)
  useEffect(() => {
    if (measuredPx.current === rowHeightPx) return
    measuredPx.current = rowHeightPx
    virtualizer.measure()
  }, [virtualizer, rowHeightPx])
  const items = virtualizer.getVirtualItems()
  const before = items[0]?.start ?? 0
  const { onView } = props
  const [firstInView, endOfView] = [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1]
  useEffect(() => {
    onView?.(firstInView, endOfView)
  }, [onView, firstInView, endOfView])
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)
  const focusable = Math.min(focused, rows.length - 1)

  useEffect(() => {
    if (!focusWanted.current) return
    const element = scroller.current?.querySelector<HTMLElement>(`tr[data-row="${String(focusable)}"]`)
    if (element) {
      focusWanted.current = false
      element.focus({ preventScroll: true })
    }
  })

  const moveTo = (index: number): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index))
    focusWanted.current = true
    setFocused(target)
    virtualizer.scrollToIndex(target)
  }
  // Rows get the same two functions for ever, so that scrolling draws only the rows that come into view.
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const toggle = useCallback((row: Row): void => {
    const now = latest.current
    if (now.selection === null) return
    const next = new Set(now.selection)
    if (!next.delete(now.rowKey(row))) next.add(now.rowKey(row))
    now.onSelect(next)
  }, [])
  const open = useCallback((row: Row): void => {
    latest.current.onOpen?.(row)
  }, [])
  const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeightPx) - 2)
  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>): void => {
    if (!(event.target instanceof HTMLTableRowElement)) return
    const row = rows[focusable]
    const steps: Record<string, number> = {
      ArrowDown: focusable + 1,
      ArrowUp: focusable - 1,
      PageDown: focusable + pageRows,
      PageUp: focusable - pageRows,
      Home: 0,
      End: rows.length - 1,
    }
    const step = steps[event.key]
    if (step !== undefined) moveTo(step)
    else if (event.key === 'Enter' && row !== undefined && props.onOpen !== undefined) props.onOpen(row)
    else if (event.key === ' ' && row !== undefined) toggle(row)
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection !== null) selectAll(true)
    else return
    event.preventDefault()
  }
  const selectAll = (on: boolean): void => {
    onSelect(new Set(on ? rows.flatMap((row) => (row === undefined ? [] : [rowKey(row)])) : []))
  }
  const selectedCount = selection === null || selection.size === 0 ? 0 : rows.filter((row) => row !== undefined && selection.has(rowKey(row))).length
  const growing = columns.some((column) => column.grow === true)
  const minWidthPx =
    columns.reduce((sum, column) => sum + column.widthPx, 0) +
    (selection === null ? 0 : 36) +
    (renderRowActions === undefined ? 0 : actionsWidthPx)
  const span = columns.length + (selection === null ? 0 : 1) + (renderRowActions === undefined ? 0 : 1)

  return (
    <div className="table-scroll" ref={scroller}>
      <table
        className="data"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={selection === null ? undefined : true}
        style={{ minWidth: minWidthPx }}
      >
        <colgroup>
          {selection !== null && <col style={{ width: 36 }} />}
          {columns.map((column) => (
            <col key={column.id} style={growing && column.grow === true ? {} : { width: column.widthPx }} />
          ))}
          {renderRowActions !== undefined && <col style={{ width: actionsWidthPx }} />}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selection !== null && (
              <th className="select stay" scope="col">
                <input
                  type="checkbox"
                  aria-label={`Select all ${props.label}`}
                  checked={selectedCount > 0 && selectedCount === rows.length}
                  ref={(element) => {
                    if (element !== null) element.indeterminate = selectedCount > 0 && selectedCount < rows.length
                  }}
                  onChange={(event) => {
                    selectAll(event.currentTarget.checked)
                  }}
                />
              </th>
            )}
            {columns.map((column, index) => (
              <HeaderCell
                key={column.id}
                column={column}
                first={index === 0}
                afterSelect={selection !== null}
                sorting={props.sorting}
                onSort={props.onSort}
              />
            ))}
            {renderRowActions !== undefined && (
              <th scope="col">
                <span className="hidden-words">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody
          onKeyDown={onKeyDown}
          onPointerEnter={() => {
            props.onPointer(true)
          }}
          onPointerLeave={() => {
            props.onPointer(false)
          }}
        >
          {before > 0 && <Space heightPx={before} span={span} />}
          {items.map((item) => {
            const row = rows[item.index]
            if (row === undefined) return <Space key={`unread/${String(item.index)}`} heightPx={rowHeightPx} span={span} />
            const key = rowKey(row)
            return (
              <TableRow
                key={key}
                row={row}
                index={item.index}
                columns={columns}
                focusable={item.index === focusable}
                onFocus={setFocused}
                selected={selection === null ? null : selection.has(key)}
                onToggle={toggle}
                current={props.openKey === key}
                onOpen={props.onOpen === undefined ? undefined : open}
                renderRowActions={renderRowActions}
                className={props.rowClass?.(row) ?? ''}
              />
            )
          })}
          {after > 0 && <Space heightPx={after} span={span} />}
        </tbody>
      </table>
    </div>
  )
}

function Space({ heightPx, span }: { readonly heightPx: number; readonly span: number }) {
  return (
    <tr className="space" aria-hidden="true">
      <td colSpan={span} style={{ height: heightPx }} />
    </tr>
  )
}

interface HeaderCellProps<Row> {
  readonly column: DataColumn<Row>
  readonly first: boolean
  readonly afterSelect: boolean
  readonly sorting: readonly SortChoice[]
  readonly onSort: (columnId: string) => void
}

function HeaderCell<Row>({ column, first, afterSelect, sorting, onSort }: HeaderCellProps<Row>) {
  const sorted = sorting.find((entry) => entry.id === column.id)
  const stay = first ? `stay ${afterSelect ? 'second' : ''}` : ''
  return (
    <th
      scope="col"
      className={`${column.end === true ? 'end' : ''} ${stay}`}
      aria-sort={sorted === undefined ? 'none' : sorted.desc ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        title={`Sort by ${column.header.toLowerCase()}`}
        onClick={() => {
          onSort(column.id)
        }}
      >
        {column.header}
        {sorted !== undefined && <Icon of={sorted.desc ? IconArrowDown : IconArrowUp} sizePx={12} />}
      </button>
    </th>
  )
}
