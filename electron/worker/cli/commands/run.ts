// `run`: the worker without a window; with `--once` a single pass.
import type { Command } from 'commander'
import { runResult } from '../../../../shared/contract/automation.ts'
import { Failure } from '../../../../shared/domain/failure.ts'
import { openApplication } from '../../application.ts'
import { optionsFromEnvironment } from '../../host/environment.ts'
import { type Exit, perform } from '../exit.ts'
import { globalOptions, tell } from '../session.ts'
import { untilSignalled } from '../signals.ts'
import { isSyncFailed, syncJson } from '../syncJson.ts'
import { harmless } from '../terminalText.ts'

export function addRunCommand(program: Command, exit: Exit): void {
  const run = program
    .command('run')
    .description('the worker without a window, until it is told to end')
    .option('--once', 'sync, plan, act on what may be done, verify, then end')
  run.action((options: { once?: boolean }) => (options.once ? once(run, exit) : forever(run)))
}

function once(run: Command, exit: Exit): Promise<void> {
  return perform(run, exit, async ({ client, job, tell }) => {
    const { sync, planned, waiting, done, failed, held } = runResult.parse(await job(await client.call('automation.run', {})))
    await client.call('policy.show', {}).catch((error: unknown) => {
      // Nobody was suspended then, and no guard says so.
      if (!(error instanceof Failure)) throw error
      tell(harmless([error.message, error.hint].join(' ')))
    })
    const syncFailed = sync !== null && isSyncFailed(sync)
    const lines = [
      sync === null ? 'No billing is connected.' : `Sync: ${sync.kind}, ${sync.changed} changed, ${sync.errors.length} errors.`,
      `Planned ${planned}, waiting ${waiting}, done ${done}, failed ${failed}.`,
      ...held.map(({ code, node, reason }) => `Held by ${code}${node === null ? '' : ` (${node})`}: ${reason}`),
    ]
    return {
      json: { sync: sync === null ? null : syncJson(sync), planned, waiting, done, failed, held },
      text: lines.join('\n'),
      exitCode: syncFailed || failed > 0 ? 1 : 0,
    }
  })
}

async function forever(run: Command): Promise<void> {
  const ended = untilSignalled()
  const { dataDir } = globalOptions(run)
  const opening = openApplication({
    dataDir,
    role: 'worker',
    demo: false,
    mayRelay: false,
    validateOutputs: optionsFromEnvironment(process.env).validateOutputs,
    onWaiting: () => tell(`Another worker holds ${dataDir}: waiting until it ends.`),
  })
  const application = await Promise.race([opening, ended.then(() => null)])
  if (application === null) return
  tell(`The worker runs on ${dataDir}. Ctrl-C ends it.`)
  await ended
  tell('Ending …')
  await application.stop()
}
