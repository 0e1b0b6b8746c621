// What the worker asks of one Flint node: health, host, VMs and power, each answer judged before it is believed.
import type { Logger } from 'pino'
import type { VmUuid } from '../../../shared/domain/ids.ts'
import { together } from '../../../shared/domain/together.ts'
import type { CircuitOptions } from '../http/circuit.ts'
import type { PeerConnect } from '../http/peerConnect.ts'
import { errorText, libvirtCode } from './answer.ts'
import { FlintConnection } from './connection.ts'
import { actionRefused, invalidAnswer, libvirtLost, limitedMode, notFlint, unhealthy, unknownVm } from './failures.ts'
import { FlintLibrary } from './library.ts'
import { FlintMachines } from './machines.ts'
import {
  isInventedVm,
  readHealth,
  readHost,
  readResources,
  readVmList,
  readVmRow,
  type FlintHealth,
  type FlintHost,
  type FlintResources,
  type FlintVm,
  type FlintVmList,
} from './schema.ts'

export type { FlintState } from './schema.ts'

export type FlintAction = 'start' | 'stop' | 'force-stop' | 'reboot' | 'pause' | 'resume'

export interface FlintClientOptions {
  /** `http(s)://host[:port]`. */
  readonly baseUrl: string
  readonly key: string
  readonly log: Logger
  /** Makes the connections; plainly by host and port unless given. */
  readonly connect?: PeerConnect | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly timeoutMs?: number | undefined
  /** The list sleeps 1 s and asks the guests' agents: it gets longer. */
  readonly listTimeoutMs?: number | undefined
  readonly maximumBytes?: number | undefined
  readonly retryPauseMs?: number | undefined
  readonly circuit?: CircuitOptions | undefined
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined
  /** Asks even when the circuit is open: for a caller that must know now. */
  readonly now?: boolean | undefined
}

/** libvirt's number for "not valid in this state": the wish is true already, or the VM is paused. */
const invalidInThisState = 55

export class FlintClient {
  /** One VM besides its power: whole, snapshots, made, deleted. */
  readonly machines: FlintMachines
  /** Storage, images, networks, filters, activity. */
  readonly library: FlintLibrary
  readonly #connection: FlintConnection
  readonly #listTimeoutMs: number

  constructor(options: FlintClientOptions) {
    this.#connection = new FlintConnection(options)
    this.machines = new FlintMachines(this.#connection)
    this.library = new FlintLibrary(this.#connection)
    this.#listTimeoutMs = options.listTimeoutMs ?? 30_000
  }

  /** The address, for messages. */
  get where(): string {
    return this.#connection.where
  }

  /** Flint's own judgement, which limited mode falsifies where `state` does not say `limited`: ask `host` too. */
  async health(options: AskOptions = {}): Promise<FlintHealth> {
    const answer = await this.#connection.ask({ path: '/api/health', ...asked(options) })
    const health = readHealth(answer.status, answer.json, answer.nodeTimeMs)
    if (health !== null && (answer.status === 200 || answer.status === 503)) return health
    if (answer.status === 200)
      throw answer.json === undefined && !answer.isHtml
        ? invalidAnswer(this.where, 'it is not JSON, or broke off in the middle')
        : notFlint(this.where, 'its health is not Flint’s')
    throw this.#connection.failureOf(answer)
  }

  /** The host and its number of VMs; the one place that confesses limited mode. Throws `node.libvirt-lost` on its bare 500. */
  async host(options: AskOptions = {}): Promise<FlintHost> {
    const answer = await this.#connection.ask({ path: '/api/host/status', ...asked(options) })
    if (answer.status === 500 && errorText(answer.text) === 'Internal server error') throw libvirtLost(this.where)
    if (answer.status !== 200) throw this.#connection.failureOf(answer)
    return this.#connection.parsed(answer, readHost)
  }

  async resources(options: AskOptions = {}): Promise<FlintResources> {
    const answer = await this.#connection.succeed({ path: '/api/host/resources', ...asked(options) })
    return this.#connection.parsed(answer, readResources)
  }

  /**
   * A node that may be believed, or a Failure that says why not (`node.limited-mode`, `node.libvirt-lost`, `node.unhealthy`,
   * `node.unauthorized`, `node.unreachable`, …).
   */
  async believable(options: AskOptions = {}): Promise<{ health: FlintHealth; host: FlintHost }> {
    const [health, host] = await together(this.#healthy(options), this.host(options))
    if (host.limited) throw limitedMode(this.where)
    return { health, host }
  }

  async #healthy(options: AskOptions): Promise<FlintHealth> {
    const health = await this.health(options)
    if (health.state === 'libvirt-lost') throw libvirtLost(this.where)
    if (health.state === 'limited') throw limitedMode(this.where)
    if (health.state === 'unhealthy') throw unhealthy(this.where, this.#connection.withoutKey(health.problem))
    return health
  }

  /** Every VM that the node chose to list: some may be missing without a word, see `host().totalVms`. Takes a second or more. */
  async listVms(options: AskOptions = {}): Promise<FlintVmList> {
    const answer = await this.#connection.ask({ path: '/api/vms', timeoutMs: this.#listTimeoutMs, ...asked(options) })
    if (answer.status === 500 && errorText(answer.text) === 'Internal server error') throw libvirtLost(this.where)
    if (answer.status !== 200) throw this.#connection.failureOf(answer)
    return this.#connection.parsed(answer, readVmList)
  }

  /**
   * One VM, without a CPU sample. Null is Flint's "not found", which it also says when libvirt is away: it means "gone" only between two
   * looks at a believable node. Throws `node.limited-mode` for the VM that limited mode invents.
   */
  async vm(uuid: VmUuid, options: AskOptions = {}): Promise<FlintVm | null> {
    const answer = await this.#connection.ask({ path: vmPath(uuid), ...asked(options) })
    if (answer.status === 404 && isVmNotFound(answer.text)) return null
    if (answer.status !== 200) throw this.#connection.failureOf(answer)
    return this.#connection.parsed(answer, (json) => {
      if (isInventedVm(json)) throw limitedMode(this.where)
      const vm = readVmRow(json)
      if (vm !== null && vm.uuid !== uuid) throw invalidAnswer(this.where, 'it describes another VM than the one asked for')
      return vm
    })
  }

  /**
   * Sends one power action. `accepted` proves nothing: only a later look at the state does. `already` is libvirt's Code=55: the wish is true
   * already, or the VM is in a state in which it makes no sense (paused, off). Throws `vm.unknown` (or any libvirt failure: Flint does not
   * tell them apart), `vm.action-refused`, and `node.no-answer` when it may have been done.
   */
  async act(uuid: VmUuid, action: FlintAction, options: AskOptions = {}): Promise<'accepted' | 'already'> {
    const path = `${vmPath(uuid)}/action`
    const answer = await this.#connection.ask({ method: 'POST', path, body: { action }, what: `${action} a VM`, ...asked(options) })
    if (answer.status >= 200 && answer.status < 300) {
      if (answer.isHtml) throw notFlint(this.where, 'it answers with a web page')
      return 'accepted'
    }
    const said = this.#connection.withoutKey(errorText(answer.text))
    if (answer.status === 404 && isVmNotFound(answer.text)) throw unknownVm(this.where)
    if (libvirtCode(said) === invalidInThisState) return 'already'
    const failure = this.#connection.failureOf(answer)
    throw failure.code === 'node.unhealthy' || failure.code === 'node.refused'
      ? actionRefused(action, said === '' ? `HTTP ${answer.status}` : said)
      : failure
  }

  /**
   * Whether Flint hands its key to anyone who asks for a serial console. To be asked only when a key is known to be in force: on a node
   * without one the question itself makes Flint invent one. What leaks is compared and forgotten.
   */
  async keyIsExposed(options: AskOptions = {}): Promise<boolean> {
    const path = '/api/vms/00000000-0000-0000-0000-000000000000/serial-console'
    const answer = await this.#connection.ask({ path, headers: { authorization: null }, ...asked(options) })
    const leaked =
      answer.status === 200 && typeof answer.json === 'object' && answer.json !== null && 'token' in answer.json ? answer.json.token : null
    return typeof leaked === 'string' && this.#connection.isKey(leaked)
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

function vmPath(uuid: VmUuid): string {
  return `/api/vms/${encodeURIComponent(uuid)}`
}

function isVmNotFound(text: string): boolean {
  return errorText(text) === 'VM not found'
}

function asked(options: AskOptions): { signal: AbortSignal | undefined; bypassCircuit: boolean | undefined } {
  return { signal: options.signal, bypassCircuit: options.now }
}
