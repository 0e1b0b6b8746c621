// The line below a table: how many rows, columns and export; with rows selected, what can be done to all of them. It keeps its place.
import { Menu } from '@mantine/core'
import { IconColumns3, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { saveJson, saveText, toCsv } from '../../lib/csv.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { Button } from '../Button.tsx'
import { Icon } from '../Icon.tsx'
import type { DataColumn } from './columns.ts'

interface TableFootProps<Row> {
  readonly id: string
  readonly columns: readonly DataColumn<Row>[]
  readonly visibility: Readonly<Record<string, boolean>>
  readonly onVisibility: (visibility: Record<string, boolean>) => void
  /** Filtered and in order, as on screen. */
  readonly rows: readonly Row[]
  readonly summary: ReactNode
  readonly selectedCount: number
  readonly onClearSelection: () => void
  readonly bulkActions: ReactNode
  readonly jsonOf: ((row: Row) => unknown) | undefined
  /** Given, the export asks for all rows first: not all of them are on screen. */
  readonly allRows?: () => Promise<readonly Row[]>
}

export function TableFoot<Row>({
  id,
  columns,
  visibility,
  onVisibility,
  rows,
  summary,
  selectedCount,
  onClearSelection,
  bulkActions,
  jsonOf,
  allRows,
}: TableFootProps<Row>) {
  const [collecting, setCollecting] = useState(false)
  const exportAll = (): void => {
    if (allRows === undefined) {
      exportRows(rows)
      return
    }
    setCollecting(true)
    allRows()
      .then(exportRows)
      .catch((error: unknown) => {
        tellFailure('The rows could not be exported', error)
      })
      .finally(() => {
        setCollecting(false)
      })
  }
  const exportRows = (all: readonly Row[]): void => {
    const chosen = columns.filter((column) => visibility[column.id] === true)
    const lines = all.map((row) => chosen.map((column) => (column.csv ?? column.value)(row)))
    saveText(
      `${id}-${new Date().toISOString().slice(0, 10)}.csv`,
      toCsv(
        chosen.map((column) => column.header),
        lines,
      ),
    )
  }
  if (selectedCount > 0) {
    return (
      <div className="table-foot bulk" role="toolbar" aria-label="Actions for the selected rows">
        <span className="strong">{selectedCount.toLocaleString()} selected</span>
        {bulkActions}
        <div className="push">
          <Button kind="quiet" onClick={onClearSelection}>
            Clear selection
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div className="table-foot">
      <span>{summary}</span>
      <div className="push row">
        <Menu closeOnItemClick={false} position="top-end">
          <Menu.Target>
            <Button kind="quiet" icon={<Icon of={IconColumns3} />}>
              Columns
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {columns.slice(1).map((column) => (
              <Menu.CheckboxItem
                key={column.id}
                checked={visibility[column.id] === true}
                onChange={(checked) => {
                  onVisibility({ ...visibility, [column.id]: checked })
                }}
              >
                {column.header}
              </Menu.CheckboxItem>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button kind="quiet" icon={<Icon of={IconDownload} />} disabled={rows.length === 0} busy={collecting} onClick={exportAll}>
          CSV
        </Button>
        {jsonOf !== undefined && (
          <Button
            kind="quiet"
            icon={<Icon of={IconDownload} />}
            disabled={rows.length === 0}
            onClick={() => {
              saveJson(`${id}-${new Date().toISOString().slice(0, 10)}.json`, rows.map(jsonOf))
            }}
          >
            JSON
          </Button>
        )}
      </div>
    </div>
  )
}
