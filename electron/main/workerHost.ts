// Keeps one worker running: starts it, starts it again with growing pauses when it dies, and gives each client a line to the one that runs.
import { MessageChannelMain } from 'electron'
import type { MessagePortMain, WebContents } from 'electron'
import type { FailureBody } from '../../shared/domain/failure.ts'
import type { OutputLog } from './outputLog.ts'
import { startWorkerProcess } from './workerProcess.ts'
import type { WorkerProcess } from './workerProcess.ts'

const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** A worker that has run for so long was well: the next pause is the first again. */
const wellAfterMs = 60_000
/** How long it may take to leave when asked to. */
const leaveTimeoutMs = 10_000

export interface WorkerHostOptions {
  readonly file: string
  readonly executable: string | null
  readonly environment: NodeJS.ProcessEnv
  readonly output: OutputLog
  /** It cannot open its data; it answers every call with this. */
  readonly onFailed: (error: FailureBody) => void
}

export class WorkerHost {
  readonly #options: WorkerHostOptions
  /** Windows whose page has asked for a line: each gets a new one after every start. */
  readonly #windows = new Set<WebContents>()
  readonly #startListeners: (() => void)[] = []
  #process: WorkerProcess | null = null
  #startedAt = 0
  #pauseMs = firstPauseMs
  #restart: NodeJS.Timeout | undefined
  #leaving: { readonly ended: () => void } | null = null
  #nextClient = 1

  constructor(options: WorkerHostOptions) {
    this.#options = options
  }

  /** The worker's process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  start(): void {
    if (this.#process !== null || this.#leaving !== null) return
    this.#startedAt = performance.now()
    this.#process = startWorkerProcess({
      file: this.#options.file,
      executable: this.#options.executable,
      environment: this.#options.environment,
      output: this.#options.output,
      onMessage: (message) => {
        if (message.kind === 'failed') this.#options.onFailed(message.error)
      },
      onExit: (how) => {
        this.#ended(how)
      },
    })
    for (const contents of this.#windows) this.#giveLine(contents)
    for (const listener of this.#startListeners) listener()
  }

  /** Gives a window's page a line now (if the worker runs) and after each later start. */
  addWindow(contents: WebContents): void {
    if (!this.#windows.has(contents)) {
      this.#windows.add(contents)
      contents.once('destroyed', () => {
        this.#windows.delete(contents)
      })
    }
    this.#giveLine(contents)
  }

  /** A line for the shell itself; null while no worker runs. */
  openLine(): MessagePortMain | null {
    if (this.#process === null) return null
    const { port1, port2 } = new MessageChannelMain()
    this.#process.open(this.#nextClient++, port2)
    return port1
  }

  /** Told after each start of a worker, from the first on. */
  onStart(listener: () => void): void {
    this.#startListeners.push(listener)
    if (this.#process !== null) listener()
  }

  /** The machine is about to sleep, or has woken. */
  tellPower(state: 'suspend' | 'resume'): void {
    this.#process?.tell({ kind: state })
  }

  /** Asks the worker to leave, ends it when it does not in time, and resolves when it is gone. */
  stop(): Promise<void> {
    clearTimeout(this.#restart)
    const running = this.#process
    if (running === null) {
      this.#leaving = { ended: () => undefined }
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#options.output.line('shell: the worker did not leave in time and is ended')
        running.kill()
      }, leaveTimeoutMs)
      this.#leaving = {
        ended: () => {
          clearTimeout(timer)
          resolve()
        },
      }
      running.tell({ kind: 'quit' })
    })
  }

  #giveLine(contents: WebContents): void {
    if (contents.isDestroyed()) return
    const port = this.openLine()
    if (port !== null) contents.postMessage('flint-console:port', null, [port])
  }

  #ended(how: string): void {
    this.#process = null
    if (this.#leaving !== null) {
      this.#leaving.ended()
      return
    }
    if (performance.now() - this.#startedAt >= wellAfterMs) this.#pauseMs = firstPauseMs
    this.#options.output.line(`shell: the worker ended (${how}); it is started again in ${this.#pauseMs} ms`)
    this.#restart = setTimeout(() => {
      this.start()
    }, this.#pauseMs)
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
  }
}
