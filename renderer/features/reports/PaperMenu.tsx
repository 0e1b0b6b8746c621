// On paper: this report, or a month's whole one, as PDF or printed, on A4 or Letter.
import { Menu } from '@mantine/core'
import { IconFileTypePdf, IconPrinter } from '@tabler/icons-react'
import { useState } from 'react'
import type { MethodInput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { canMakePdf, printPage, savePdf } from '../../lib/paper.ts'
import { useConnection } from '../../lib/queries.ts'
import type { ReportQuery } from '../../lib/reportSearch.ts'
import { tellFailure } from '../../lib/tell.tsx'

type Wish = MethodInput<'reports.document'>

interface PaperMenuProps {
  /** Null where the screen is no single report. */
  readonly report: Exclude<Wish['report'], 'month'> | null
  readonly query: ReportQuery
  /** `2026-11`: whose whole report is offered. */
  readonly month: string
}

export function PaperMenu({ report, query, month }: PaperMenuProps) {
  const connection = useConnection()
  const [busy, setBusy] = useState(false)
  const make = async (wish: Omit<Wish, 'paper'>, paper: Wish['paper'], how: 'pdf' | 'print'): Promise<void> => {
    setBusy(true)
    try {
      const { name, html } = await connection.call('reports.document', { ...wish, paper })
      if (how === 'pdf') await savePdf(name, html)
      else printPage(html)
    } catch (error) {
      tellFailure('The report could not be put on paper', error)
    } finally {
      setBusy(false)
    }
  }
  const { from: _from, to: _to, ...scope } = query
  const wholeMonth: Omit<Wish, 'paper'> = { report: 'month', query: { ...scope, from: month } }
  const wishes: readonly { readonly title: string; readonly wish: Omit<Wish, 'paper'> }[] =
    report === null
      ? [{ title: `Report of ${month}`, wish: wholeMonth }]
      : [
          { title: 'This report', wish: { report, query } },
          { title: `Report of ${month}`, wish: wholeMonth },
        ]
  const papers = [
    { paper: 'a4', name: 'A4' },
    { paper: 'letter', name: 'Letter' },
  ] as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button busy={busy} icon={<Icon of={IconPrinter} />}>
          Paper
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {wishes.map(({ title, wish }) => (
          <div key={title}>
            <Menu.Label>{title}</Menu.Label>
            {papers.map(({ paper, name }) => (
              <div key={paper}>
                {canMakePdf() && (
                  <Menu.Item leftSection={<Icon of={IconFileTypePdf} />} onClick={() => void make(wish, paper, 'pdf')}>
                    PDF, {name}
                  </Menu.Item>
                )}
                <Menu.Item leftSection={<Icon of={IconPrinter} />} onClick={() => void make(wish, paper, 'print')}>
                  Print, {name}
                </Menu.Item>
              </div>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
