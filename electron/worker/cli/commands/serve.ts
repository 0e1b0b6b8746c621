// `serve`: the same app in a browser, on loopback.
import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../shared/domain/failure.ts'
import { type Application, openApplication } from '../../application.ts'
import { optionsFromEnvironment } from '../../host/environment.ts'
import { rendererDir } from '../../host/programFile.ts'
import { startServing } from '../../serve/server.ts'
import { type Exit, finish } from '../exit.ts'
import { type GlobalOptions, globalOptions, tell } from '../session.ts'
import { untilSignalled } from '../signals.ts'
import { wholeNumber } from '../values.ts'

const highestPort = 65_535
const retryMs = 1_000

/** Keeps a worker behind the served pages: its own, or the one that holds the data folder; when that one ends, it takes over. */
class Backing {
  #application: Application | null = null
  #opening: Promise<void>
  #isEnding = false
  readonly #options: GlobalOptions & { readonly demo: boolean }

  constructor(options: GlobalOptions & { readonly demo: boolean }) {
    this.#options = options
    this.#opening = this.#open()
  }

  async ready(): Promise<void> {
    await this.#opening
  }

  readonly attach: Application['attach'] = (transport) => {
    if (this.#application) this.#application.attach(transport)
    else transport.close()
  }

  async end(): Promise<void> {
    this.#isEnding = true
    await this.#opening.catch(() => undefined)
    await this.#application?.stop()
  }

  async #open(): Promise<void> {
    this.#application = await openApplication({
      dataDir: this.#options.dataDir,
      role: 'worker',
      demo: this.#options.demo,
      validateOutputs: optionsFromEnvironment(process.env).validateOutputs,
      onOwnerLost: () => {
        this.#application = null
        this.#opening = this.#reopen()
      },
    })
  }

  /** Pages dial again by themselves; until the data folder is open again they are turned away. */
  async #reopen(): Promise<void> {
    tell('The worker that held the data folder has ended; this one takes over.')
    while (!this.#isEnding) {
      try {
        await this.#open()
        return
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error))
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }
}

export function addServeCommand(program: Command, exit: Exit): void {
  const serve = program
    .command('serve')
    .description('the same app in a browser on this machine; prints the address to open, which works once')
    .option('--port <port>', 'any free one unless said')
  serve.action(async (options: { port?: string }) => {
    const ended = untilSignalled()
    const globals = globalOptions(serve)
    const port = options.port === undefined ? 0 : wholeNumber('--port', options.port, 0, highestPort)
    const folder = rendererDir()
    if (!existsSync(join(folder, 'index.html'))) {
      throw new Failure('serve.not-built', 'The pages are not built.', 'Start it through `npm run serve`, which builds them.')
    }
    const backing = new Backing({ ...globals, demo: optionsFromEnvironment(process.env).demo })
    try {
      await backing.ready()
      const serving = await startServing({ port, rendererDir: folder, attach: backing.attach })
      finish({ json: { url: serving.address }, text: serving.address }, globals.json, exit)
      tell(
        `Open this address in a browser on this machine; it works once. From elsewhere: ssh -L ${serving.port}:127.0.0.1:${serving.port} …`,
      )
      await ended
      await serving.close()
    } finally {
      await backing.end()
    }
  })
}
