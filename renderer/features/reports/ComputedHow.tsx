// How a figure is computed: beside the figure itself, and for all columns of a table at once.
import { Popover } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { definitionOf, type DefinitionName } from '../../../shared/domain/revenue/definitions.ts'
import { reportColumns, type TableName } from '../../../shared/domain/revenue/columns.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'

export function ComputedHow({ of }: { readonly of: DefinitionName }) {
  const { title, formula, note } = definitionOf(of)
  return (
    <Popover width={320} position="bottom-start" shadow="none" transitionProps={{ duration: 80 }} trapFocus>
      <Popover.Target>
        <button type="button" className="how" aria-label={`How is ${title} computed?`} title="How is this computed?">
          <Icon of={IconInfoCircle} sizePx={13} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <p className="strong">{title}</p>
        <p>{formula}</p>
        {note !== undefined && <p className="muted">{note}</p>}
      </Popover.Dropdown>
    </Popover>
  )
}

/** Opens the definitions of every column of some tables. */
export function AllComputedHow({ tables }: { readonly tables: readonly TableName[] }) {
  const dialogs = useDialogs()
  const names = [...new Set(tables.flatMap((table) => reportColumns[table].flatMap((column) => column.definition ?? [])))]
  return (
    <Button
      kind="quiet"
      icon={<Icon of={IconInfoCircle} />}
      onClick={() => {
        dialogs.open(
          'How this is computed',
          () => (
            <dl className="definitions">
              {names.map((name) => {
                const { title, formula, note } = definitionOf(name)
                return (
                  <div key={name}>
                    <dt>{title}</dt>
                    <dd>
                      {formula}
                      {note !== undefined && <span className="muted">. {note}</span>}
                    </dd>
                  </div>
                )
              })}
            </dl>
          ),
          640,
        )
      }}
    >
      How is this computed?
    </Button>
  )
}
