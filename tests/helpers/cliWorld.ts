// A data folder worked by commands alone, each a process of its own, with a real keyring, against the demo estate.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { type Estate, startEstate } from '../../demo/estate.ts'
import type { SimulatedVm } from '../../demo/flint/node.ts'
import { type KeyringSession, startKeyringSession } from './keyring.ts'
import { type CommandOutcome, runCommand, type RunningCommand, startCommand } from './program.ts'

const failed = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().nullable() }) })

export interface Actor {
  readonly id: number
  /** `NODE/VM`. */
  readonly name: string
  readonly vm: SimulatedVm
  pay(): void
}

export class CliWorld {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'flint-cli-world-'))
  readonly estate: Estate
  readonly #session: KeyringSession

  private constructor(estate: Estate, session: KeyringSession) {
    this.estate = estate
    this.#session = session
  }

  /** Nodes and billing connected, everything read, obvious links confirmed. */
  static async open(): Promise<CliWorld> {
    const world = new CliWorld(await startEstate({ listDelayMs: 5, stopDelayMs: 50 }), await startKeyringSession('unlocked'))
    const { nodes, billing } = world.estate.connect
    for (const { name, url, key } of nodes) await world.json(['node', 'add', '--name', name, '--url', url, '--key-stdin'], { stdin: key })
    await world.json(['billing', 'connect', '--url', billing.url, '--token-stdin'], { stdin: billing.token })
    await world.json(['billing', 'sync', '--full'])
    await world.json(['link', 'confirm', '--all-obvious'])
    return world
  }

  async close(): Promise<void> {
    await this.#session.stop()
    await this.estate.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  run(args: readonly string[], stdin?: string): Promise<CommandOutcome> {
    return runCommand(['--data-dir', this.dataDir, ...args], { env: this.#session.env, ...(stdin === undefined ? {} : { stdin }) })
  }

  start(args: readonly string[]): RunningCommand {
    return startCommand(['--data-dir', this.dataDir, ...args], { env: this.#session.env })
  }

  /** The one JSON value on stdout. Throws when the command ends with another code than expected, 0 unless said. */
  async json(args: readonly string[], expected: { readonly code?: number; readonly stdin?: string } = {}): Promise<unknown> {
    const outcome = await this.run(['--json', ...args], expected.stdin)
    if (outcome.code !== (expected.code ?? 0)) throw new Error(`${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}`)
    return JSON.parse(outcome.stdout)
  }

  /** What a command that must end with 1 says: the same on stderr as in JSON, and without `--json` nothing on stdout. */
  async refused(args: readonly string[]): Promise<{ code: string; message: string; hint: string | null }> {
    const inJson = await this.run(['--json', ...args])
    const { error } = failed.parse(JSON.parse(inJson.stdout))
    const plain = await this.run(args)
    const told = `${error.message}\n${error.hint === null ? '' : `${error.hint}\n`}`
    for (const [what, outcome] of Object.entries({ inJson, plain })) {
      if (outcome.code !== 1) throw new Error(`${args.join(' ')} ended with ${outcome.code} (${what})`)
      if (!outcome.stderr.endsWith(told)) throw new Error(`${args.join(' ')} says on stderr: ${outcome.stderr}`)
    }
    if (plain.stdout !== '') throw new Error(`${args.join(' ')} writes to stdout: ${plain.stdout}`)
    return error
  }

  /** Edits the database as somebody would with sqlite3, while no command runs. */
  edit(sql: string, ...values: readonly unknown[]): void {
    const database = new Database(join(this.dataDir, 'flint-console.db'))
    try {
      database.prepare(sql).run(...values)
    } finally {
      database.close()
    }
  }

  /** Whether every node refuses power actions. */
  failPowerActions(on: boolean): void {
    for (const node of this.estate.nodes) node.faults.failPowerActions = on
  }

  /** An overdue service of the demo's story that expired so many days ago. */
  overdue(expiredDays: number, nth = 0): Actor {
    const line = this.estate.story.filter((known) => known.role === 'overdue' && known.expiredDays === expiredDays && known.vm !== null)[nth]
    const node = this.estate.nodes.find(({ hostname }) => hostname === line?.vm?.node)
    const vm = node?.vms().find(({ name }) => name === line?.vm?.name)
    if (!line || !node || !vm) throw new Error(`nobody in the estate expired ${expiredDays} days ago`)
    return {
      id: line.serviceId,
      name: `${node.hostname}/${vm.name}`,
      vm,
      pay: () => {
        for (const invoice of this.estate.billing.invoicesOf(line.serviceId)) if (invoice.status === 'pending') this.estate.billing.payInvoice(invoice.id)
      },
    }
  }
}
