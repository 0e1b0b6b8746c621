// The fleet in one table, with power actions for one or many and details beside it.
import { Link } from '@tanstack/react-router'
import { IconDeviceDesktop, IconPlayerPlay, IconPlayerStop, IconPlus, IconRefresh, IconRotate } from '@tabler/icons-react'
import { useMemo } from 'react'
import { Age } from '../../components/Age.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { EmptyState, Skeleton } from '../../components/EmptyState.tsx'
import { OpenConsole } from '../../components/estate/OpenConsole.tsx'
import { mayDo } from '../../components/estate/powerWords.ts'
import { usePower } from '../../components/estate/usePower.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { ErrorNotice } from '../../components/Note.tsx'
import { Page } from '../../components/Page.tsx'
import { SidePanel, Split } from '../../components/SidePanel.tsx'
import { DataTable } from '../../components/table/DataTable.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { count } from '../../lib/formatSize.ts'
import { useToday } from '../../lib/overdue.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { useTableAddress } from '../../lib/tableAddress.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { keyOf } from '../../lib/vmKey.ts'
import { BulkPower } from './BulkPower.tsx'
import { vmColumns, vmFilterFields, vmViews } from './columns.tsx'
import { CreateVm } from './CreateVm.tsx'
import { useFleet } from './fleet.ts'
import { OpenReinstalls } from './OpenReinstalls.tsx'
import { VmDetails } from './VmDetails.tsx'

export function Vms() {
  const vms = useRead('vms.list', {})
  const refresh = useAct('vms.refresh')
  const { filter, open, onFilter, onOpen, close } = useTableAddress()
  const dialogs = useDialogs()
  const power = usePower()
  const rows = useFleet(vms.data)
  const today = useToday()
  const columns = useMemo(() => vmColumns(today), [today])
  const opened = open === undefined ? undefined : rows.find((vm) => keyOf(vm) === open)
  const oldest = rows.reduce((least, vm) => Math.min(least, vm.observedAt), Number.POSITIVE_INFINITY)
  return (
    <Page
      title="VMs"
      filled
      age={Number.isFinite(oldest) && <Age of="oldest seen" at={oldest} staleAfterMs={2 * 60_000} />}
      actions={
        <>
          <Button
            icon={<Icon of={IconRefresh} />}
            busy={refresh.isPending}
            onClick={() => {
              refresh.mutate(
                {},
                {
                  onSuccess: ({ failed }) => {
                    for (const node of failed) tellFailure(`${node.name} could not be read`, node.error)
                  },
                  onError: (error) => {
                    tellFailure('The VMs could not be read', error)
                  },
                },
              )
            }}
          >
            Look now
          </Button>
          <Button
            kind="primary"
            icon={<Icon of={IconPlus} />}
            onClick={() => {
              dialogs.open('Make a VM', (closeDialog) => <CreateVm close={closeDialog} />, 640)
            }}
          >
            New VM
          </Button>
        </>
      }
    >
      <OpenReinstalls />
      {vms.error !== null && vms.data === undefined ? (
        <ErrorNotice error={vms.error} />
      ) : vms.data === undefined ? (
        <Skeleton lines={10} />
      ) : (
        <Split
          main={
            <DataTable
              id="vms"
              label="VMs"
              rows={rows}
              rowKey={keyOf}
              columns={columns}
              filterFields={vmFilterFields}
              filter={filter}
              onFilter={onFilter}
              views={vmViews}
              sort={[{ id: 'name', desc: false }]}
              openKey={open}
              onOpen={(vm) => {
                onOpen(keyOf(vm))
              }}
              rowClass={(vm) => (vm.state === 'unknown' ? 'dim' : '')}
              renderRowActions={(vm) => (
                <>
                  <OpenConsole vm={vm} compact />
                  <IconButton
                    label={`Start ${vm.name.slice(0, 80)}`}
                    icon={<Icon of={IconPlayerPlay} />}
                    disabled={!mayDo(vm.state === 'paused' ? 'resume' : 'start', vm.state)}
                    onClick={() => {
                      power(vm, vm.state === 'paused' ? 'resume' : 'start')
                    }}
                  />
                  <IconButton
                    label={`Stop ${vm.name.slice(0, 80)}`}
                    icon={<Icon of={IconPlayerStop} />}
                    disabled={!mayDo('stop', vm.state)}
                    onClick={() => {
                      power(vm, 'stop')
                    }}
                  />
                  <IconButton
                    label={`Reboot ${vm.name.slice(0, 80)}`}
                    icon={<Icon of={IconRotate} />}
                    disabled={!mayDo('reboot', vm.state)}
                    onClick={() => {
                      power(vm, 'reboot')
                    }}
                  />
                </>
              )}
              renderBulkActions={(selected, clear) =>
                (['start', 'stop', 'reboot', 'force-stop'] as const).map((action) => (
                  <Button
                    key={action}
                    kind={action === 'force-stop' ? 'danger' : 'default'}
                    onClick={() => {
                      dialogs.open(
                        `${bulkVerbs[action]} ${count(selected.length, 'VM')}`,
                        (closeDialog) => <BulkPower vms={selected} action={action} close={closeDialog} onDone={clear} />,
                        620,
                      )
                    }}
                  >
                    {bulkVerbs[action]}
                  </Button>
                ))
              }
              renderSummary={(shown) => (
                <>
                  {count(shown.length, 'VM')} · {shown.filter((vm) => vm.state === 'running').length.toLocaleString()} running
                </>
              )}
              empty={
                <EmptyState
                  icon={IconDeviceDesktop}
                  title="No VM is known yet"
                  action={
                    <Link className="button" to="/nodes">
                      Nodes
                    </Link>
                  }
                >
                  VMs appear as soon as a connected node has been read. Connect one, or check why none answers.
                </EmptyState>
              }
            />
          }
          side={
            opened === undefined ? null : (
              <SidePanel
                title={<MiddleCut text={opened.name} />}
                note={opened.nodeName}
                pageLink={
                  <Link className="link" to="/vms/$nodeId/$uuid" params={{ nodeId: opened.nodeId, uuid: opened.uuid }}>
                    Open page
                  </Link>
                }
                onClose={close}
              >
                <VmDetails vm={opened} onGone={close} />
              </SidePanel>
            )
          }
        />
      )}
    </Page>
  )
}

const bulkVerbs = { start: 'Start', stop: 'Stop', reboot: 'Reboot', 'force-stop': 'Force stop' } as const
