// One VM in detail: what can be done to it, how it is, whose it is, what happened to it.
import { Menu } from '@mantine/core'
import { IconDots, IconHandStop, IconRecycle, IconTrash } from '@tabler/icons-react'
import { Age } from '../../components/Age.tsx'
import { PaidUntil } from '../../components/billing/PaidUntil.tsx'
import { Button, IconButton } from '../../components/Button.tsx'
import { LoadLine } from '../../components/capacity/LoadLine.tsx'
import { AuditTimeline } from '../../components/estate/AuditTimeline.tsx'
import { HoldForm } from '../../components/estate/HoldForm.tsx'
import { CustomerLink, NodeLink, ServiceLink } from '../../components/estate/links.tsx'
import { OpenConsole } from '../../components/estate/OpenConsole.tsx'
import { mayDo, powerActions, powerVerbs } from '../../components/estate/powerWords.ts'
import { BillingStatus, HoldTag, VmState } from '../../components/estate/states.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { usePower } from '../../components/estate/usePower.tsx'
import { Icon } from '../../components/Icon.tsx'
import { MiddleCut } from '../../components/MiddleCut.tsx'
import { Note } from '../../components/Note.tsx'
import { Facts } from '../../components/Panel.tsx'
import { useDialogs } from '../../lib/dialogs.tsx'
import { useJobs } from '../../lib/jobs.ts'
import { formatMemory, formatPercent } from '../../lib/formatSize.ts'
import { formatDuration } from '../../lib/formatTime.ts'
import { useMinute } from '../../lib/now.ts'
import { useToday } from '../../lib/overdue.ts'
import { useAct, useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import { keyOf } from '../../lib/vmKey.ts'
import { DeleteVm } from './DeleteVm.tsx'
import type { FleetVm } from './fleet.ts'
import { Machine } from './Machine.tsx'
import { Marks } from './Marks.tsx'
import { ReinstallVm } from './ReinstallVm.tsx'

const dayMs = 86_400_000
const lineStepMs = 5 * 60_000

export function VmDetails({ vm, onGone = () => undefined }: { readonly vm: FleetVm; readonly onGone?: () => void }) {
  const power = usePower()
  return (
    <>
      <div className="side-panel-actions">
        <OpenConsole vm={vm} />
        {powerActions
          .filter((action) => (action === 'resume') === (vm.state === 'paused') || action === 'stop' || action === 'force-stop')
          .filter((action) => action !== 'pause' || vm.state === 'running')
          .map((action) => (
            <Button
              key={action}
              kind={action === 'force-stop' ? 'danger' : action === 'start' && mayDo('start', vm.state) ? 'primary' : 'default'}
              disabled={!mayDo(action, vm.state)}
              onClick={() => {
                power(vm, action)
              }}
            >
              {powerVerbs[action]}
            </Button>
          ))}
        <More vm={vm} onGone={onGone} />
      </div>
      <RunningJob vm={vm} />
      <Facts
        rows={[
          [
            'State',
            <span key="state">
              <VmState vm={vm} />{' '}
              <span className="muted">
                <Age at={vm.observedAt} of="seen" staleAfterMs={2 * 60_000} />
              </span>
            </span>,
          ],
          ['Node', <NodeLink key="node" nodeId={vm.nodeId} name={vm.nodeName} />],
          ['Size', `${String(vm.vcpus)} vCPU · ${formatMemory(vm.memoryKiB)}`],
          ['CPU', <Cpu key="cpu" vm={vm} />],
          ['CPU time', formatDuration(vm.cpuTimeSeconds * 1000)],
          [
            'Addresses',
            vm.ipAddresses.length === 0 ? (
              <span key="none" className="faint">
                none known
              </span>
            ) : (
              <span key="ip" className="mono">
                {vm.ipAddresses.join(' ')}
              </span>
            ),
          ],
          [
            'UUID',
            <span key="uuid" className="mono">
              {vm.uuid}
            </span>,
          ],
        ]}
      />
      <div className="sub-head">Customer</div>
      {vm.service === null ? (
        <p className="panel-body muted">Not linked to a service: automation leaves it alone. Link it under Services.</p>
      ) : (
        <ServiceOfVm vm={vm} service={vm.service} />
      )}
      <Machine key={keyOf(vm)} vm={vm} />
      <div className="sub-head">Kept here</div>
      <Marks key={`${keyOf(vm)} ${vm.tags.join(' ')} ${vm.note}`} vm={vm} />
      {vm.service !== null && (
        <>
          <div className="sub-head">Both worlds</div>
          <AuditTimeline serviceId={vm.service.id} />
        </>
      )}
    </>
  )
}

/** What it uses now, and the day's way here. */
function Cpu({ vm }: { readonly vm: VmRow }) {
  const end = Math.ceil(useMinute() / lineStepMs) * lineStepMs
  const history = useRead('capacity.history', { scope: { kind: 'vm', nodeId: vm.nodeId, uuid: vm.uuid }, from: end - dayMs, to: end }, { keepPrevious: true }).data
  const line = history?.metrics['cpu']?.avg ?? []
  return (
    <span className="cpu-now">
      {vm.cpuPercent === null ? 'not in the last list' : `${formatPercent(vm.cpuPercent)} of one vCPU`}
      {line.filter((value) => value !== null).length > 1 && <LoadLine values={line} cores={vm.vcpus} label={vm.name} />}
    </span>
  )
}

function ServiceOfVm({ vm, service }: { readonly vm: VmRow; readonly service: NonNullable<VmRow['service']> }) {
  const dialogs = useDialogs()
  const removeHold = useAct('holds.remove')
  const today = useToday()
  return (
    <Facts
      rows={[
        ['Customer', <CustomerLink key="customer" id={service.customerId} name={service.customerName} />],
        [
          'Service',
          <ServiceLink key="service" id={service.id}>
            #{service.id}
          </ServiceLink>,
        ],
        [
          'Product',
          service.productName === null ? (
            <span key="product" className="faint">
              –
            </span>
          ) : (
            <MiddleCut key="product" text={service.productName} />
          ),
        ],
        ['Paid until', <PaidUntil key="paid" day={service.paidUntil} status={service.status} today={today} />],
        ['Billing says', <BillingStatus key="status" status={service.status} />],
        [
          'Hold',
          <span key="hold" className="row wrapping">
            {vm.hold === null ? <span className="faint">none</span> : <HoldTag kind={vm.hold} />}
            <Button
              icon={<Icon of={IconHandStop} />}
              onClick={() => {
                dialogs.open(`Hold ${vm.name.slice(0, 60)}`, (close) => (
                  <HoldForm serviceId={service.id} of={service.customerName ?? vm.name} close={close} />
                ))
              }}
            >
              {vm.hold === null ? 'Add a hold' : 'Change'}
            </Button>
            {vm.hold !== null && (
              <Button
                busy={removeHold.isPending}
                onClick={() => {
                  removeHold.mutate(
                    { serviceId: service.id },
                    {
                      onError: (error) => {
                        tellFailure('The hold could not be removed', error)
                      },
                    },
                  )
                }}
              >
                Remove
              </Button>
            )}
          </span>,
        ],
      ]}
    />
  )
}

/** What cannot be taken back, apart from the rest. */
function More({ vm, onGone }: { readonly vm: VmRow; readonly onGone: () => void }) {
  const dialogs = useDialogs()
  return (
    <Menu>
      <Menu.Target>
        <IconButton label={`More for ${vm.name.slice(0, 80)}`} icon={<Icon of={IconDots} />} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Icon of={IconRecycle} />}
          disabled={vm.isProtected}
          onClick={() => {
            dialogs.open(`Reinstall ${vm.name.slice(0, 60)}`, (close) => <ReinstallVm vm={vm} close={close} onMade={onGone} />, 620)
          }}
        >
          Reinstall
        </Menu.Item>
        <Menu.Item
          color="red"
          leftSection={<Icon of={IconTrash} />}
          disabled={vm.isProtected}
          onClick={() => {
            dialogs.open(`Delete ${vm.name.slice(0, 60)}`, (close) => <DeleteVm vm={vm} close={close} onGone={onGone} />, 560)
          }}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The power job of this VM that runs now, told from its title. */
function RunningJob({ vm }: { readonly vm: VmRow }) {
  const job = useJobs().findLast(
    (one) => one.kind === 'power' && one.state === 'running' && one.title.endsWith(`${vm.nodeName}/${vm.name}`),
  )
  if (job === undefined) return null
  return (
    <div className="panel-body" role="status">
      <Note tone="accent" title={job.label} />
    </div>
  )
}
