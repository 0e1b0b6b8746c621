// `vm …`: the fleet, and power actions that end when the VM's state proves them.
import type { Command } from 'commander'
import type { z } from 'zod'
import { type powerActions, powerResult } from '../../../../shared/contract/vms.ts'
import { type Exit, perform } from '../exit.ts'
import { nodeNamed, type VmRow, vmNamed } from '../names.ts'
import type { Result } from '../session.ts'
import { table } from '../terminalText.ts'
import { isoOf, timeText, wholeNumber } from '../values.ts'

type PowerAction = (typeof powerActions)[number]

const kiBPerMiB = 1024
const longestDays = 365

function vmJson(vm: VmRow) {
  return {
    node: vm.nodeName,
    name: vm.name,
    uuid: vm.uuid,
    state: vm.state,
    memoryMiB: Math.round(vm.memoryKiB / kiBPerMiB),
    vcpus: vm.vcpus,
    cpuPercent: vm.cpuPercent,
    observedAt: isoOf(vm.observedAt),
    serviceId: vm.service?.id ?? null,
    customer: vm.service?.customerName ?? null,
  }
}

function listResult(vms: readonly VmRow[]): Result {
  const rows = vms.map((vm) => [
    vm.nodeName,
    vm.name,
    vm.state,
    Math.round(vm.memoryKiB / kiBPerMiB),
    vm.vcpus,
    vm.cpuPercent === null ? null : Math.round(vm.cpuPercent),
    vm.service?.id ?? null,
    vm.service?.customerName ?? null,
    timeText(vm.observedAt),
  ])
  return {
    json: vms.map(vmJson),
    text: table(['node', 'vm', 'state', 'mib', 'vcpus', 'cpu %', 'service', 'customer', 'seen'], rows, 'No VMs.'),
  }
}

function powerText({ node, name, state, verified }: z.output<typeof powerResult>): string {
  return verified ? `${node}/${name} is ${state}, verified.` : `${node}/${name}: sent. Nothing outside of the guest can prove it.`
}

interface PowerOptions {
  readonly force?: boolean
  readonly why?: string
  readonly days?: string
}

const described: Readonly<Record<PowerAction, string>> = {
  start: 'start it, and wait until it runs',
  stop: 'ask the guest to shut down, and wait until it is off',
  'force-stop': 'cut its power, and wait until it is off',
  reboot: 'ask the guest to reboot; that cannot be proved from outside',
  pause: 'pause it; it keeps its memory',
  resume: 'let a paused one run again',
}

function addPowerCommand(vm: Command, exit: Exit, action: PowerAction): void {
  const command = vm.command(action).description(described[action]).argument('<node/vm>', 'by name or UUID')
  command.option('--why <text>', 'the reason, for the record; needed to stop a customer who has paid')
  if (action === 'stop') command.option('--force', 'force it when the guest does not obey in time')
  if (action === 'start' || action === 'resume') command.option('--days <days>', 'how long a suspended one is left running, 3 unless said')
  command.action((name: string, options: PowerOptions) =>
    perform(command, exit, async ({ client, job }) => {
      const days = options.days === undefined ? {} : { days: wholeNumber('--days', options.days, 1, longestDays) }
      const { nodeId, uuid } = await vmNamed(client, name)
      const started = await client.call('vms.power', {
        nodeId,
        uuid,
        action,
        ...(options.force ? { force: true } : {}),
        ...(options.why === undefined ? {} : { why: options.why }),
        ...days,
      })
      const result = powerResult.parse(await job(started))
      return { json: result, text: powerText(result) }
    }),
  )
}

function addRestoreCommand(vm: Command, exit: Exit): void {
  const command = vm
    .command('restore')
    .description('take the termination of a VM back, within its retention, and start it')
    .argument('<node/vm>', 'by name or UUID')
  command.option('--why <text>', 'the reason, for the record')
  command.option('--days <days>', 'how long it is left running though it is not paid, 3 unless said')
  command.action((name: string, options: PowerOptions) =>
    perform(command, exit, async ({ client, job }) => {
      const days = options.days === undefined ? {} : { days: wholeNumber('--days', options.days, 1, longestDays) }
      const { nodeId, uuid } = await vmNamed(client, name)
      const started = await client.call('vault.restore', {
        nodeId,
        uuid,
        ...(options.why === undefined ? {} : { why: options.why }),
        ...days,
      })
      const result = powerResult.parse(await job(started))
      return { json: result, text: powerText(result) }
    }),
  )
}

export function addVmCommands(program: Command, exit: Exit): void {
  const vm = program.command('vm').description('the VMs of every node')

  const list = vm.command('list').description('a fresh look at every node').option('--node <name>', 'one node only')
  list.action((options: { node?: string }) =>
    perform(list, exit, async ({ client, tell }) => {
      const input = options.node === undefined ? {} : { nodeId: (await nodeNamed(client, options.node)).id }
      const { vms, failed } = await client.call('vms.refresh', input)
      for (const { name, error } of failed) tell(`${name}: ${error.message}`)
      return listResult(vms)
    }),
  )

  for (const action of ['start', 'stop', 'force-stop', 'reboot', 'pause', 'resume'] as const) addPowerCommand(vm, exit, action)
  addRestoreCommand(vm, exit)
}
