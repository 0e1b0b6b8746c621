// The worker as a whole: holds the lock of its data folder and serves the current installation; or relays to the worker that holds it.
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { Logger } from 'pino'
import { type Client, createClient } from '../../shared/contract/client.ts'
import { clientPortTransport, workerPortTransport } from '../../shared/contract/messagePortTransport.ts'
import { type Job, type MethodName, methods, topics } from '../../shared/contract/index.ts'
import type { ClientMessage, Transport, WorkerMessage } from '../../shared/contract/wire.ts'
import { Failure, type FailureBody } from '../../shared/domain/failure.ts'
import { type ControlServer, connectToControl, listenForControl, type Visitor } from './host/control.ts'
import { controlAddress, lockFile, prepareDataDir } from './host/dataFolder.ts'
import { type Demo, startDemo } from './host/demoInstallation.ts'
import { tryLock, type WorkerLock } from './host/lock.ts'
import { openLog, type WorkerLog } from './host/log.ts'
import { version } from './host/version.ts'
import { Installation } from './installation.ts'
import { Clients } from './rpc/clients.ts'
import type { Handlers } from './rpc/handlers.ts'
import { pipeLines } from './rpc/pipe.ts'
import { serveClient, type StreamHandlers } from './rpc/server.ts'
import { openSecrets } from './secrets/openSecrets.ts'

const retryMs = 100
/** How long an owner that holds the lock may be silent: it may be starting, or leaving. */
const silentOwnerMs = 20_000

export interface ApplicationOptions {
  readonly dataDir: string
  /** `worker`: looks at nodes, syncs and automates by itself. `command`: lives for one command only. */
  readonly role: Visitor
  /** Begins in the demo. */
  readonly demo: boolean
  readonly validateOutputs: boolean
  /** Looking, syncing and automating begin only then: the window that was just opened is drawn first. */
  readonly beginAfterMs?: number
  /** False: an owner elsewhere is waited for rather than relayed to. */
  readonly mayRelay?: boolean
  /** Told once when there is something to wait for: another worker holds the data folder. */
  readonly onWaiting?: () => void
  /** The owner to whom this one relays has gone: everything on the line has ended; start again. */
  readonly onOwnerLost?: () => void
}

export interface Application {
  /** `owner`: this process holds the data folder. `relay`: another one does. */
  readonly kind: 'owner' | 'relay'
  /** Gives a client its line. */
  attach(transport: Transport<WorkerMessage, ClientMessage>): void
  /** The machine is about to sleep. */
  sleep(): void
  /** The machine has woken. */
  wake(): void
  /** Waits for the commands that others have sent here, then closes everything. */
  stop(): Promise<void>
}

/** Opens the data folder, or reaches the worker that has it open. Throws a Failure when neither can be done. */
export async function openApplication(options: ApplicationOptions): Promise<Application> {
  const dataDir = prepareDataDir(options.dataDir)
  const address = controlAddress(dataDir)
  let toldWaiting = false
  let silentSince = performance.now()
  for (;;) {
    const lock = tryLock(join(dataDir, lockFile))
    if (lock) return openOwner({ ...options, dataDir }, lock, address)
    if (!toldWaiting) options.onWaiting?.()
    toldWaiting = true
    const found = await connectToControl(address, options.role)
    if (found.kind === 'open' && options.mayRelay !== false) return relayTo(address, options, createClient(found.transport))
    if (found.kind === 'open') createClient(found.transport).close()
    if (found.kind !== 'absent') silentSince = performance.now()
    if (performance.now() - silentSince > silentOwnerMs) {
      throw new Failure('worker.busy', `Another Flint Console holds ${dataDir} and does not answer.`, 'End it, then try again.')
    }
    await new Promise((resolve) => setTimeout(resolve, options.mayRelay === false ? retryMs * 10 : retryMs))
  }
}

/** A client within this process, over the same line as any other. */
export function localClient(application: Application): Client {
  const { port1, port2 } = new MessageChannel()
  application.attach(workerPortTransport(port2))
  return createClient(clientPortTransport(port1))
}

async function carry(transport: Transport<WorkerMessage, ClientMessage>, address: string, role: Visitor): Promise<void> {
  const found = await connectToControl(address, role)
  if (found.kind === 'open') pipeLines(transport, found.transport)
  else transport.close()
}

function relayTo(address: string, options: ApplicationOptions, sentinel: Client): Application {
  let isStopping = false
  sentinel.onClose(() => {
    if (!isStopping) options.onOwnerLost?.()
  })
  return {
    kind: 'relay',
    attach: (transport) => {
      void carry(transport, address, options.role)
    },
    sleep: () => undefined,
    wake: () => undefined,
    stop: async () => {
      isStopping = true
      sentinel.close()
    },
  }
}

async function openOwner(options: ApplicationOptions, lock: WorkerLock, address: string): Promise<Application> {
  let log: WorkerLog | null = null
  let owner: Owner | null = null
  try {
    log = openLog(options.dataDir)
    owner = new Owner(options, lock, log)
    await owner.open(address)
    return owner
  } catch (error) {
    log?.log.error({ err: error }, 'the worker could not start')
    if (owner) await owner.stop()
    else {
      log?.close()
      lock.release()
    }
    throw error
  }
}

class Owner implements Application {
  readonly kind = 'owner'
  readonly #options: ApplicationOptions
  readonly #lock: WorkerLock
  readonly #workerLog: WorkerLog
  readonly #log: Logger
  readonly #clients = new Clients()
  /** Those who came over the control line: other commands, whose answers are waited for before this process leaves. */
  readonly #visitors = new Clients()
  readonly #startedAt = Date.now()
  #control: ControlServer | null = null
  #installation: Installation | null = null
  #beginning: NodeJS.Timeout | undefined
  #demo: Demo | null = null
  #switching: Promise<unknown> = Promise.resolve()
  #stopping: Promise<void> | null = null

  constructor(options: ApplicationOptions, lock: WorkerLock, workerLog: WorkerLog) {
    this.#options = options
    this.#lock = lock
    this.#workerLog = workerLog
    this.#log = workerLog.log
    workerLog.hide(() => this.#installation?.secretValues() ?? [])
    workerLog.hide(() => this.#demo?.installation.secretValues() ?? [])
  }

  async open(address: string): Promise<void> {
    const { role, demo, dataDir } = this.#options
    this.#log.info({ role, demo, dataDir, version, node: process.versions.node }, 'the worker starts')
    if (demo) await this.#enterDemo()
    else this.#enter(this.#openReal(), this.#options.beginAfterMs)
    this.#control = await listenForControl({
      address,
      acceptsWorkers: role === 'worker',
      accept: (transport) => this.#serve(transport, true),
    })
  }

  attach(transport: Transport<WorkerMessage, ClientMessage>): void {
    this.#serve(transport, false)
  }

  sleep(): void {
    this.#log.info('the machine is about to sleep')
    this.#current().sleep()
  }

  wake(): void {
    this.#log.info('the machine has woken')
    this.#current()
      .wake()
      .catch((error: unknown) => this.#log.warn({ err: error }, 'the first look after waking failed'))
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close()
    return this.#stopping
  }

  async #close(): Promise<void> {
    this.#control?.stopAccepting()
    if (this.#options.role === 'command') await this.#visitors.gone()
    await this.#switching.catch(() => undefined)
    await this.#control?.close()
    this.#clients.close()
    await this.#leave()
    this.#installation = null
    await this.#demo?.leave()
    this.#demo = null
    this.#workerLog.close()
    this.#lock.release()
  }

  #serve(transport: Transport<WorkerMessage, ClientMessage>, isVisitor: boolean): void {
    const client = serveClient(transport, isVisitor ? () => this.#visitorHandlers() : () => this.#handlers(), {
      validateOutputs: this.#options.validateOutputs,
      log: this.#log,
      streams: this.#streams,
    })
    this.#clients.add(client)
    if (isVisitor) this.#visitors.add(client)
  }

  /** The installation behind an open line may change, and its streams with it. */
  readonly #streams: StreamHandlers = {
    'console.vnc': (parameters, stream) => this.#current().streams['console.vnc']?.(parameters, stream),
    'console.serial': (parameters, stream) => this.#current().streams['console.serial']?.(parameters, stream),
  }

  #current(): Installation {
    if (!this.#installation) throw new Failure('worker.closing', 'The worker is closing.')
    return this.#installation
  }

  #handlers(): Handlers {
    return {
      ...this.#current().handlers,
      'demo.start': async () => {
        await this.#switchTo(true)
        return this.#current().handlers['system.status']({})
      },
      'demo.leave': async () => {
        await this.#switchTo(false)
        return this.#current().handlers['system.status']({})
      },
    }
  }

  /** The same, for those who come from another process: the answers say so. */
  #visitorHandlers(): Handlers {
    const own = this.#handlers()
    return {
      ...own,
      'system.status': async (input) => ({ ...(await own['system.status'](input)), relayed: true }),
      'demo.start': async (input) => ({ ...(await own['demo.start'](input)), relayed: true }),
      'demo.leave': async (input) => ({ ...(await own['demo.leave'](input)), relayed: true }),
    }
  }

  /** One switch at a time; one that is already made is nothing. */
  #switchTo(demo: boolean): Promise<void> {
    const next = this.#switchAfter(this.#switching, demo)
    this.#switching = next
    return next
  }

  async #switchAfter(previous: Promise<unknown>, demo: boolean): Promise<void> {
    await previous.catch(() => undefined)
    if (demo === (this.#demo !== null)) return
    await (demo ? this.#enterDemo() : this.#leaveDemo())
    this.#clients.changed(...topics)
  }

  async #enterDemo(): Promise<void> {
    const demo = await startDemo(this.#parts())
    await this.#leave()
    this.#demo = demo
    this.#enter(demo.installation)
  }

  async #leaveDemo(): Promise<void> {
    const real = this.#openReal()
    await this.#leave()
    this.#enter(real)
    await this.#demo?.leave()
    this.#demo = null
  }

  #enter(installation: Installation, beginAfterMs = 0): void {
    this.#installation = installation
    if (this.#options.role !== 'worker') return
    if (beginAfterMs === 0) installation.start()
    else this.#beginning = setTimeout(() => installation.start(), beginAfterMs)
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#beginning)
    await this.#installation?.stop()
  }

  #openReal(): Installation {
    const { changed } = this.#clients
    return new Installation({
      ...this.#parts(),
      demo: false,
      clock: { now: () => Date.now() },
      secrets: (installationId) => openSecrets({ installationId, dataDir: this.#options.dataDir, env: process.env, onState: () => changed('system') }),
    })
  }

  #parts() {
    return {
      dataDir: this.#options.dataDir,
      log: this.#log,
      startedAt: this.#startedAt,
      changed: this.#clients.changed,
      onJob: (job: Job) => this.#clients.event('job', job),
    }
  }
}

/** What answers when the worker cannot open its data: every method, with the reason. */
export function refuseEverything(error: FailureBody): Partial<Handlers> {
  const refuse = (): never => {
    throw new Failure(error.code, error.message, error.hint)
  }
  return Object.fromEntries(Object.keys(methods).map((name) => [name as MethodName, refuse]))
}
