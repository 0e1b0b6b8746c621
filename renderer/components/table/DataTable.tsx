// The one table of the app: filters, sorts, chooses columns, exports, selects, remembers; fluid with 10,000 rows; usable by keyboard alone.
import { columnVisibilityFeature, createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import type { ColumnDef } from '@tanstack/react-table'
import { IconSearchOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import { filterKeys, filterRows } from '../../lib/filter.ts'
import type { FilterFields } from '../../lib/filter.ts'
import { EmptyState } from '../EmptyState.tsx'
import { compareValues, keepOrder } from './columns.ts'
import type { DataColumn } from './columns.ts'
import { FilterBox } from './FilterBox.tsx'
import { TableBody } from './TableBody.tsx'
import { TableFoot } from './TableFoot.tsx'
import { useTableChoices } from './useTableChoices.ts'
import type { SavedFilter, SortChoice } from './useTableChoices.ts'

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() })

interface DataTableProps<Row extends object> {
  /** Under which its choices are remembered, and the name of its export. */
  readonly id: string
  /** What the rows are, in the plural: for screen readers and the filter. */
  readonly label: string
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly columns: readonly DataColumn<Row>[]
  readonly filterFields: FilterFields<Row>
  readonly filter: string
  readonly onFilter: (filter: string) => void
  readonly views?: readonly SavedFilter[]
  readonly sort?: readonly SortChoice[]
  /** The row whose details are open. */
  readonly openKey?: string | undefined
  readonly onOpen?: (row: Row) => void
  readonly renderRowActions?: (row: Row) => ReactNode
  readonly rowClass?: (row: Row) => string
  /** Given, rows can be selected; gets the selected ones and how to clear the selection. */
  readonly renderBulkActions?: (rows: readonly Row[], clear: () => void) => ReactNode
  readonly renderSummary?: (rows: readonly Row[]) => ReactNode
  readonly empty: ReactNode
  readonly tools?: ReactNode
  /** Given, the rows can be exported as JSON too: what of a row is written. */
  readonly jsonOf?: (row: Row) => unknown
}

const noneSelected: ReadonlySet<string> = new Set()
const noViews: readonly SavedFilter[] = []
const noSort: readonly SortChoice[] = []

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { id, label, rows, rowKey, columns, filterFields, filter, onFilter, renderBulkActions, views = noViews, sort = noSort } = props
  const choices = useTableChoices(id, columns, sort)
  const [selection, setSelection] = useState<ReadonlySet<string>>(noneSelected)
  const [foldedWords] = useState(() => new WeakMap<Row, string>())
  const filtered = useMemo(() => filterRows(rows, filter, filterFields, foldedWords), [rows, filter, filterFields, foldedWords])
  const tableColumns = useMemo<ColumnDef<typeof features, Row>[]>(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: Row) => column.value(row) ?? undefined,
        sortFn: (a, b, columnId) => compareValues(a.getValue(columnId), b.getValue(columnId)),
        sortUndefined: 'last',
      })),
    [columns],
  )
  const table = useTable({
    features,
    columns: tableColumns,
    data: filtered,
    getRowId: rowKey,
    enableSortingRemoval: false,
    state: { sorting: choices.sorting, columnVisibility: choices.visibility },
    onSortingChange: (updater) => {
      choices.setSorting(typeof updater === 'function' ? updater(choices.sorting) : updater)
    },
  })
  const inOrder = table.getRowModel().rows.map((row) => row.original)
  const orderOf = `${JSON.stringify(choices.sorting)}${filter}`
  const [held, setHeld] = useState<{ readonly of: string; readonly order: ReadonlyMap<string, number> } | null>(null)
  const shown = held !== null && held.of === orderOf ? keepOrder(inOrder, rowKey, held.order) : inOrder
  const selected = shown.filter((row) => selection.has(rowKey(row)))
  const clearSelection = (): void => {
    setSelection(noneSelected)
  }
  return (
    <div className="table-screen">
      <FilterBox
        label={label}
        value={filter}
        onChange={onFilter}
        keys={filterKeys(filterFields)}
        views={views}
        saved={choices.savedFilters}
        onSaved={choices.setSavedFilters}
      >
        {props.tools}
      </FilterBox>
      <div className="panel table-panel">
        {rows.length === 0 ? (
          props.empty
        ) : shown.length === 0 ? (
          <EmptyState icon={IconSearchOff} title={`No ${label} fit this filter`}>
            Words must all fit. Take one away, or clear the filter with Escape.
          </EmptyState>
        ) : (
          <TableBody
            label={label}
            rows={shown}
            rowKey={rowKey}
            columns={columns.filter((column) => choices.visibility[column.id] === true)}
            sorting={choices.sorting}
            onSort={(columnId) => {
              table.getColumn(columnId)?.toggleSorting()
            }}
            selection={renderBulkActions === undefined ? null : selection}
            onSelect={setSelection}
            openKey={props.openKey}
            onOpen={props.onOpen}
            renderRowActions={props.renderRowActions}
            rowClass={props.rowClass}
            onPointer={(inside) => {
              setHeld(inside ? { of: orderOf, order: new Map(shown.map((row, index) => [rowKey(row), index])) } : null)
            }}
          />
        )}
        <TableFoot
          id={id}
          columns={columns}
          visibility={choices.visibility}
          onVisibility={choices.setVisibility}
          rows={shown}
          summary={props.renderSummary?.(shown) ?? `${shown.length.toLocaleString()} of ${rows.length.toLocaleString()}`}
          selectedCount={selected.length}
          onClearSelection={clearSelection}
          bulkActions={renderBulkActions?.(selected, clearSelection)}
          jsonOf={props.jsonOf}
        />
      </div>
    </div>
  )
}
