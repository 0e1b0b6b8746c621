// The demo estate: Flint nodes and a Paymenter on loopback, with one clock, one set of data and a control line.
import { EstateClock } from './clock.ts'
import { ControlServer } from './control.ts'
import type { StoryLine } from './data/estate-data.ts'
import { makeEstateData } from './data/estate-data.ts'
import { SimulatedFlintNode } from './flint/node.ts'
import { SimulatedPaymenter } from './paymenter/paymenter.ts'

export interface EstateOptions {
  /** 3 unless said. */
  nodes?: number
  /** 60 unless said. */
  vms?: number
  /** 45 unless said; more where many VMs or invoices need them. */
  customers?: number
  /** The number of invoices; two years of them unless said. */
  invoices?: number
  /** Billing listens here, the nodes on the ports after it, control 100 ports later; 0 or absent: any free ports. */
  port?: number
  seed?: number
  /** The instant, UTC ms, at which the estate begins; now unless said. */
  startAt?: number
  /** Paymenter's time zone; UTC unless said. */
  timeZone?: string
  /** How long a node's list takes: 1,000 unless said. */
  listDelayMs?: number
  /** How long an obedient guest takes to shut down: 3,000 unless said. */
  stopDelayMs?: number
  /** The pace of billing's lists; as fast as they go unless said. */
  rowsPerSecond?: number
  /** Runs Paymenter's nightly job by itself whenever the clock passes midnight. */
  runNightlyJobs?: boolean
}

export interface Estate {
  clock: EstateClock
  nodes: SimulatedFlintNode[]
  /** Each node's API key, by the node's name. */
  nodeKeys: Record<string, string>
  billing: SimulatedPaymenter
  control: { url: string }
  /** What an operator would be given to connect with. */
  connect: { nodes: { name: string; url: string; key: string }[]; billing: { url: string; token: string } }
  /** Why each service is in the demo, by service id. */
  story: readonly StoryLine[]
  stop(): Promise<void>
}

const CONTROL_PORT_OFFSET = 100
const NIGHT_WATCH_MS = 10_000
const DEFAULT_SEED = 1

/** The customers that so many VMs and invoices need. */
function defaultCustomers(vms: number, invoices: number | null): number {
  return Math.max(1, Math.round(vms * 0.75), invoices === null ? 0 : Math.ceil(invoices / 60))
}

/** A whole number in its bounds; throws with the option's name. */
function count(name: string, value: number, smallest: number, largest: number): number {
  if (Number.isInteger(value) && value >= smallest && value <= largest) return value
  throw new RangeError(`${name} must be a whole number from ${smallest} to ${largest}, not ${value}`)
}

/** Starts everything; on a failure stops what was started. Throws RangeError for options that make no estate. */
export async function startEstate(options: EstateOptions = {}): Promise<Estate> {
  const port = count('port', options.port ?? 0, 0, 65_400)
  const nodeCount = count('nodes', options.nodes ?? 3, 1, port > 0 ? CONTROL_PORT_OFFSET - 1 : 200)
  const vms = count('vms', options.vms ?? 60, 0, 100_000)
  const invoices = options.invoices === undefined ? null : count('invoices', options.invoices, 0, 2_000_000)
  const customers = count('customers', options.customers ?? defaultCustomers(vms, invoices), 1, 1_000_000)
  const seed = options.seed ?? DEFAULT_SEED
  const timeZone = options.timeZone ?? 'UTC'
  const clock = new EstateClock(options.startAt ?? Date.now())
  const data = makeEstateData({ nodes: nodeCount, vms, customers, invoices, seed, nowMs: clock.now(), timeZone })
  const billing = new SimulatedPaymenter({ clock, rows: data.rows, tokens: data.tokens, timeZone, port })
  if (options.rowsPerSecond !== undefined) billing.faults.rowsPerSecond = options.rowsPerSecond
  clock.useNightlyJobs({ nextMidnight: (instantMs) => billing.nextMidnight(instantMs), run: () => void billing.runNightlyJob() })
  const nodes = data.nodes.map(
    (node, index) =>
      new SimulatedFlintNode({
        hostname: node.name,
        key: node.key,
        passphrase: node.passphrase,
        cpuCores: node.cpuCores,
        memoryKiB: node.memoryKiB,
        storageBytes: node.storageBytes,
        vms: node.vms,
        clock,
        seed,
        port: port === 0 ? 0 : port + 1 + index,
        ...(options.listDelayMs === undefined ? {} : { listDelayMs: options.listDelayMs }),
        ...(options.stopDelayMs === undefined ? {} : { stopDelayMs: options.stopDelayMs }),
      }),
  )
  const control = new ControlServer({ clock, nodes, billing, story: data.story, timeZone })
  const watch = options.runNightlyJobs ? setInterval(() => clock.catchUpNights(), NIGHT_WATCH_MS) : undefined
  watch?.unref()
  const stop = async (): Promise<void> => {
    clearInterval(watch)
    await Promise.all([control.stop(), billing.stop(), ...nodes.map((node) => node.stop())])
  }
  try {
    await billing.start()
    for (const node of nodes) await node.start()
    await control.start(port === 0 ? 0 : port + CONTROL_PORT_OFFSET)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    clock,
    nodes,
    nodeKeys: Object.fromEntries(data.nodes.map((node) => [node.name, node.key])),
    billing,
    control: { url: control.url },
    connect: {
      nodes: nodes.map((node, index) => ({ name: node.hostname, url: node.url, key: data.nodes[index]?.key ?? '' })),
      billing: { url: billing.url, token: billing.tokens.full },
    },
    story: data.story,
    stop,
  }
}
