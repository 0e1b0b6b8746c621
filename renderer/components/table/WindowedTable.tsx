// A table over more rows than are read: the worker filters, sorts and hands out windows; only those that come into view are asked for.
import { IconSearchOff } from '@tabler/icons-react'
import { useCallback } from 'react'
import type { ReactNode } from 'react'
import { EmptyState } from '../EmptyState.tsx'
import type { DataColumn } from './columns.ts'
import { FilterBox } from './FilterBox.tsx'
import { TableBody } from './TableBody.tsx'
import { TableFoot } from './TableFoot.tsx'
import type { SavedFilter, SortChoice, useTableChoices } from './useTableChoices.ts'

interface WindowedTableProps<Row extends object> {
  readonly id: string
  readonly label: string
  /** As many as there are; those that are not read are holes. */
  readonly rows: readonly (Row | undefined)[]
  readonly onView: (first: number, end: number) => void
  readonly rowKey: (row: Row) => string
  readonly columns: readonly DataColumn<Row>[]
  readonly filterKeys: readonly string[]
  readonly filter: string
  readonly onFilter: (filter: string) => void
  readonly views: readonly SavedFilter[]
  readonly choices: ReturnType<typeof useTableChoices<Row>>
  readonly openKey: string | undefined
  readonly onOpen: (row: Row) => void
  readonly rowClass: (row: Row) => string
  readonly summary: ReactNode
  readonly empty: ReactNode
  readonly tools?: ReactNode
  /** Asks for every row that fits, for the export. */
  readonly allRows: () => Promise<readonly Row[]>
}

/** The next order when a header is clicked: the other way round, or that column, largest or newest first where it ends with digits. */
function sortedBy(columnId: string, sorting: readonly SortChoice[]): SortChoice[] {
  const known = sorting.find((entry) => entry.id === columnId)
  return [{ id: columnId, desc: known === undefined ? false : !known.desc }]
}

const ignorePointer = (): void => undefined

export function WindowedTable<Row extends object>(props: WindowedTableProps<Row>) {
  const { id, label, rows, columns, choices, filter } = props
  const { setSorting, sorting } = choices
  const onSort = useCallback(
    (columnId: string) => {
      setSorting(sortedBy(columnId, sorting))
    },
    [setSorting, sorting],
  )
  return (
    <div className="table-screen">
      <FilterBox
        label={label}
        value={filter}
        onChange={props.onFilter}
        keys={props.filterKeys}
        views={props.views}
        saved={choices.savedFilters}
        onSaved={choices.setSavedFilters}
      >
        {props.tools}
      </FilterBox>
      <div className="panel table-panel">
        {rows.length === 0 ? (
          filter.trim() === '' ? (
            props.empty
          ) : (
            <EmptyState icon={IconSearchOff} title={`No ${label} fit this filter`}>
              Words must all fit. Take one away, or clear the filter with Escape.
            </EmptyState>
          )
        ) : (
          <TableBody
            label={label}
            rows={rows}
            rowKey={props.rowKey}
            columns={columns.filter((column) => choices.visibility[column.id] === true)}
            sorting={sorting}
            onSort={onSort}
            selection={null}
            onSelect={ignorePointer}
            openKey={props.openKey}
            onOpen={props.onOpen}
            renderRowActions={undefined}
            rowClass={props.rowClass}
            onPointer={ignorePointer}
            onView={props.onView}
          />
        )}
        <TableFoot
          id={id}
          columns={columns}
          visibility={choices.visibility}
          onVisibility={choices.setVisibility}
          rows={rows.length === 0 ? [] : [rows[0]].filter((row) => row !== undefined)}
          summary={props.summary}
          selectedCount={0}
          onClearSelection={ignorePointer}
          bulkActions={undefined}
          jsonOf={undefined}
          allRows={props.allRows}
        />
      </div>
    </div>
  )
}
