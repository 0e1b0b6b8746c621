// What every billing table has beside its filter: gone rows, and sync.
import { Switch } from '@mantine/core'
import { IconPlugConnected, IconRefresh } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useJobBoard, useRunningJob } from '../lib/jobs.ts'
import { useAct, useRead } from '../lib/queries.ts'
import { tellFailure } from '../lib/tell.tsx'
import { Age } from './Age.tsx'
import { Button } from './Button.tsx'
import { EmptyState } from './EmptyState.tsx'
import { Icon } from './Icon.tsx'

export function GoneSwitch({ value, onChange }: { readonly value: boolean; readonly onChange: (value: boolean) => void }) {
  return (
    <Switch
      label="Gone"
      title="Also rows that Paymenter no longer has"
      checked={value}
      onChange={(event) => {
        onChange(event.currentTarget.checked)
      }}
    />
  )
}

/** Starts a sync; busy while one runs, whoever started it. */
export function SyncButton({ full = false }: { readonly full?: boolean }) {
  const sync = useAct('billing.sync')
  const board = useJobBoard()
  const running = useRunningJob('sync')
  const connected = useRead('billing.status', {}).data?.connection != null
  const start = (): void => {
    sync.mutate(
      { full },
      {
        onSuccess: ({ jobId }) => {
          board.end(jobId).catch((error: unknown) => {
            tellFailure('Billing could not be read', error)
          })
        },
        onError: (error) => {
          tellFailure('Billing could not be read', error)
        },
      },
    )
  }
  return (
    <Button
      icon={<Icon of={IconRefresh} />}
      busy={sync.isPending || running !== undefined}
      disabled={!connected}
      title={running?.label}
      onClick={start}
    >
      {full ? 'Sync everything' : 'Sync now'}
    </Button>
  )
}

export function MirrorAge({ asOf }: { readonly asOf: number | null | undefined }) {
  return asOf === undefined ? null : <Age of="billing" at={asOf} staleAfterMs={15 * 60_000} never="not synced yet" />
}

/** Why a billing table is empty, and what to do. */
export function MirrorEmpty({ what }: { readonly what: string }) {
  const billing = useRead('billing.status', {}).data
  if (billing?.connection === null) {
    return (
      <EmptyState
        icon={IconPlugConnected}
        title="Paymenter is not connected"
        action={
          <Link className="button primary" to="/settings">
            Connect Paymenter
          </Link>
        }
      >
        Customers, services and invoices are read from it and kept here, so that they can be looked at without it.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconPlugConnected} title={`No ${what} in the mirror`} action={<SyncButton />}>
      {billing?.syncing === true ? 'The first sync runs; rows appear as they come.' : 'Sync billing to read them.'}
    </EmptyState>
  )
}
