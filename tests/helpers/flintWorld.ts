// A worker's context over a real SQLite file, and simulated Flint nodes over real HTTP, for tests of everything about nodes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { SimulatedFlintNode, type FlintNodeOptions, type VmSeed } from '../../demo/flint/node.ts'
import type { Context } from '../../electron/worker/context.ts'
import { Jobs } from '../../electron/worker/jobs/jobs.ts'
import type { NodeRow } from '../../electron/worker/nodes/nodeRow.ts'
import { Nodes, type NodesOptions } from '../../electron/worker/nodes/nodes.ts'
import { MemorySecretStore } from '../../electron/worker/secrets/store.ts'
import type { Topic } from '../../shared/contract/index.ts'
import { asId, type NodeId, type VmRef, type VmUuid } from '../../shared/domain/ids.ts'
import { recordedLog } from './recordedLog.ts'

/** Must never appear in an error, a log line or a file. */
export const canaryKey = 'ca11ab1e'.repeat(8)
export const canaryPassphrase = 'canary passphrase 7391'

export function vmSeed(number: number, seed: Partial<VmSeed> = {}): VmSeed {
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return { name: `vps-${number}`, uuid, memoryKiB: 1_048_576, vcpus: 2, diskGiB: 10, state: 'Running', ...seed }
}

export function nodeOptions(options: Partial<FlintNodeOptions> = {}): FlintNodeOptions {
  return {
    hostname: 'kvm-a',
    key: canaryKey,
    passphrase: canaryPassphrase,
    cpuCores: 8,
    memoryKiB: 32 * 1_048_576,
    storageBytes: 1e12,
    vms: [vmSeed(1), vmSeed(2), vmSeed(3, { state: 'Shutoff' })],
    clock: Date,
    listDelayMs: 20,
    stopDelayMs: 40,
    ...options,
  }
}

const quickHttp: NonNullable<NodesOptions['http']> = { connectTimeoutMs: 500, timeoutMs: 5_000, listTimeoutMs: 1_500, retryPauseMs: 1 }

export class FlintWorld {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'flint-world-'))
  readonly topics: Topic[] = []
  readonly secrets = new MemorySecretStore()
  readonly context: Context
  readonly nodes: Nodes
  readonly logText: () => string
  readonly #simulated: SimulatedFlintNode[] = []
  readonly #reports: string[] = []

  constructor(options: NodesOptions = {}, clock: Context['clock'] = Date) {
    const { log, text } = recordedLog()
    this.logText = text
    const now = () => clock.now()
    this.context = {
      db: openDatabase(join(this.dataDir, 'console.sqlite')),
      clock,
      secrets: this.secrets,
      log,
      jobs: new Jobs({
        emit: (job) => this.#reports.push(JSON.stringify(job)),
        now,
        unexpected: (error, title) => log.error({ err: error, title }, 'job'),
      }),
      dataDir: this.dataDir,
      changed: (...topics) => this.topics.push(...topics),
    }
    this.nodes = new Nodes(this.context, { ...options, http: { ...quickHttp, ...options.http } })
  }

  async simulate(options: Partial<FlintNodeOptions> = {}): Promise<SimulatedFlintNode> {
    const node = new SimulatedFlintNode(nodeOptions(options))
    this.#simulated.push(node)
    await node.start()
    return node
  }

  async enrol(node: SimulatedFlintNode, name = node.hostname): Promise<NodeRow & { id: NodeId }> {
    const row = await this.nodes.add(name, node.url, { kind: 'key', value: canaryKey })
    return { ...row, id: asId<NodeId>(row.id) }
  }

  ref(nodeId: NodeId, number: number): VmRef {
    return { nodeId, uuid: asId<VmUuid>(vmSeed(number).uuid) }
  }

  /** Everything that was written or told: the log, the jobs' events, and every file of the data folder. */
  everythingWritten(): string {
    const files = readdirSync(this.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return [this.logText(), ...this.#reports, ...files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))].join('\n')
  }

  async end(): Promise<void> {
    await this.context.jobs.close()
    await this.nodes.stop()
    await Promise.all(this.#simulated.map((node) => node.stop()))
    this.context.db.close()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}
