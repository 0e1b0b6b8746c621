// `demo`: the simulated estate alone, to connect to by hand or from tests.
import type { Command } from 'commander'
import { Failure } from '../../../../shared/domain/failure.ts'
import { type Exit, finish } from '../exit.ts'
import { globalOptions, tell } from '../session.ts'
import { untilSignalled } from '../signals.ts'
import { table } from '../terminalText.ts'
import { wholeNumber } from '../values.ts'

const most = 100_000_000
const sizes = ['nodes', 'vms', 'customers', 'invoices', 'port'] as const
type Sizes = { readonly [name in (typeof sizes)[number]]?: string }

export function addDemoCommand(program: Command, exit: Exit): void {
  const demo = program
    .command('demo')
    .description('the simulated estate alone, until Ctrl-C')
    .option('--nodes <count>', 'Flint nodes, 3 unless said')
    .option('--vms <count>', 'VMs, 60 unless said')
    .option('--customers <count>', 'customers')
    .option('--invoices <count>', 'invoices')
    .option('--port <port>', 'billing listens here, the nodes on the ports after it; any free ones unless said')
  demo.action(async (options: Sizes) => {
    const ended = untilSignalled()
    const { json } = globalOptions(demo)
    const numbers = Object.fromEntries(
      sizes.flatMap((name) => {
        const text = options[name]
        return text === undefined ? [] : [[name, wholeNumber(`--${name}`, text, 0, most)]]
      }),
    )
    const { startEstate } = await import('../../../../demo/estate.ts')
    const estate = await startEstate({ ...numbers, runNightlyJobs: true }).catch((error: unknown) => {
      if (error instanceof RangeError) throw new Failure('cli.invalid-value', error.message)
      throw error
    })
    const { nodes, billing } = estate.connect
    const rows = [
      ...nodes.map((node) => [node.name, node.url, node.key]),
      ['billing', billing.url, billing.token],
      ['control', estate.control.url, null],
    ]
    finish({ json: { nodes, billing, control: estate.control }, text: table(['what', 'address', 'key'], rows, '') }, json, exit)
    tell('The simulated estate runs. Ctrl-C ends it.')
    await ended
    await estate.stop()
  })
}
