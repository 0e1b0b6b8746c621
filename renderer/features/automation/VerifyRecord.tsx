// Verifies the record: says that it is whole, or names the first entry that is wrong or missing.
import { IconShieldCheck } from '@tabler/icons-react'
import { Instant } from '../../components/Age.tsx'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useAct } from '../../lib/queries.ts'
import { tellDone, tellFailure } from '../../lib/tell.tsx'
import { actionWords } from '../../lib/words.ts'
import type { RecordRow } from './recordRows.ts'

interface VerifyButtonProps {
  readonly rows: readonly RecordRow[]
  /** Opens an entry beside the table. */
  readonly onShow: (seq: number) => void
}

export function VerifyButton({ rows, onShow }: VerifyButtonProps) {
  const verify = useAct('audit.verify')
  const dialogs = useDialogs()
  const start = (): void => {
    verify.mutate(
      {},
      {
        onSuccess: ({ ok, entries, firstBad }) => {
          if (ok) {
            const read = count(entries, 'entry', 'entries')
            tellDone('The record is whole', `${read}, each fits the one before; the newest fits the keychain.`)
            return
          }
          const entry = rows.find((row) => row.seq === firstBad)
          dialogs.open('The record is not whole', (close) => (
            <FirstBad
              seq={firstBad}
              entries={entries}
              entry={entry}
              close={close}
              onShow={(seq) => {
                close()
                onShow(seq)
              }}
            />
          ))
        },
        onError: (error) => {
          tellFailure('The record could not be verified', error)
        },
      },
    )
  }
  return (
    <Button icon={<Icon of={IconShieldCheck} />} busy={verify.isPending} onClick={start}>
      Verify
    </Button>
  )
}

interface FirstBadProps {
  readonly seq: number | null
  /** How many entries before it are whole. */
  readonly entries: number
  readonly entry: RecordRow | undefined
  readonly close: () => void
  readonly onShow: (seq: number) => void
}

function FirstBad({ seq, entries, entry, close, onShow }: FirstBadProps) {
  return (
    <div className="stack">
      <Note tone="bad" title={firstBadWords(seq, entry !== undefined)}>
        <p>
          {count(entries, 'entry is', 'entries are')} whole before it. Whatever comes from there on proves nothing. Keep a copy of the data
          folder before doing anything else.
        </p>
      </Note>
      {entry !== undefined && (
        <Facts
          rows={[
            ['When', <Instant key="at" at={entry.at} />],
            ['Who', entry.actor],
            ['What', actionWords(entry.action)],
            ['VM', entry.vm ?? '–'],
            ['Why', entry.why === '' ? '–' : entry.why],
          ]}
        />
      )}
      <div className="dialog-actions">
        {entry !== undefined && (
          <Button
            onClick={() => {
              onShow(entry.seq)
            }}
          >
            Show the entry
          </Button>
        )}
        <Button kind="primary" onClick={close}>
          Close
        </Button>
      </div>
    </div>
  )
}

/** `Entry 12 is the first that is not as it was written.` */
function firstBadWords(seq: number | null, isThere: boolean): string {
  if (seq === null) return 'Its end is missing.'
  return `Entry ${String(seq)} is the first that is ${isThere ? 'not as it was written' : 'wrong or missing'}.`
}
