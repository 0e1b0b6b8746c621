// One command's way to the worker: in this process where the data folder is free, over the control line where a worker has it.
import type { Command } from 'commander'
import type { Client } from '../../../shared/contract/client.ts'
import type { Job } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { type Application, localClient, openApplication } from '../application.ts'
import { defaultDataDir } from '../host/dataFolder.ts'
import { optionsFromEnvironment } from '../host/environment.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly dataDir: string
  readonly json: boolean
}

/** What a command gives back: JSON for programs, text for people, and its exit code when it is not 0. */
export interface Result {
  readonly json: unknown
  readonly text: string
  readonly exitCode?: number
}

export type Tell = (line: string) => void

export interface Session {
  readonly client: Client
  /** A message for people, on stderr. */
  readonly tell: Tell
  /** Waits for a job's end, telling its progress; returns its result, and throws its Failure when it failed. */
  readonly job: (started: { readonly jobId: string }) => Promise<unknown>
}

/** Throws `cli.invalid-value` for a data folder without a name, which would be the folder that the shell happens to be in. */
export function globalOptions(command: Command): GlobalOptions {
  const options = command.optsWithGlobals<{ dataDir?: string; json?: boolean }>()
  if (options.dataDir?.trim() === '') throw new Failure('cli.invalid-value', '--data-dir names no folder.', 'Name one, or leave --data-dir out for the user’s own.')
  return { dataDir: options.dataDir ?? optionsFromEnvironment(process.env).dataDir ?? defaultDataDir(), json: options.json === true }
}

export const tell: Tell = (line) => {
  process.stderr.write(`${line}\n`)
}

async function followJob(client: Client, jobId: string, onLabel: Tell): Promise<unknown> {
  let label = ''
  const stopListening = client.on('job', (job) => {
    if (job.id !== jobId || job.state !== 'running' || job.label === label) return
    label = job.label
    onLabel(label)
  })
  const cancel = (): void => {
    client.call('jobs.cancel', { id: jobId }).catch(() => undefined)
  }
  process.once('SIGINT', cancel)
  process.once('SIGTERM', cancel)
  try {
    return resultOf(await client.call('jobs.wait', { id: jobId }))
  } finally {
    stopListening()
    process.off('SIGINT', cancel)
    process.off('SIGTERM', cancel)
  }
}

function resultOf(job: Job): unknown {
  if (job.error) throw new Failure(job.error.code, job.error.message, job.error.hint)
  return job.result
}

async function warnOfDemo(application: Application, client: Client): Promise<void> {
  if (application.kind !== 'relay') return
  const status = await client.call('system.status', {})
  if (status.demo) tell('The worker that runs on this data folder shows the demo: this command acts on the demo.')
}

/** Opens the way to the worker, does `work`, and leaves in order. */
export async function withSession(options: GlobalOptions, work: (session: Session) => Promise<Result>): Promise<Result> {
  const application = await openApplication({
    dataDir: options.dataDir,
    role: 'command',
    demo: false,
    validateOutputs: optionsFromEnvironment(process.env).validateOutputs,
  })
  const client = localClient(application)
  try {
    await warnOfDemo(application, client)
    return await work({ client, tell, job: ({ jobId }) => followJob(client, jobId, tell) })
  } finally {
    client.close()
    await application.stop()
  }
}
