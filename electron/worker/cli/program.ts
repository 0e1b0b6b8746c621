// The command line as a whole: global options, the commands, and how results, failures and wrong usage end.
import { Command, CommanderError } from 'commander'
import { Failure, type FailureBody } from '../../../shared/domain/failure.ts'
import { version } from '../host/version.ts'
import { addAuditCommands } from './commands/audit.ts'
import { addAutomationCommands } from './commands/automation.ts'
import { addBillingCommands } from './commands/billing.ts'
import { addCredentialsCommands } from './commands/credentials.ts'
import { addDemoCommand } from './commands/demo.ts'
import { addHoldCommands } from './commands/hold.ts'
import { addIntentCommands } from './commands/intent.ts'
import { addLinkCommands } from './commands/link.ts'
import { addNodeCommands } from './commands/node.ts'
import { addPolicyCommands } from './commands/policy.ts'
import { addReportCommand } from './commands/report.ts'
import { addRunCommand } from './commands/run.ts'
import { addServeCommand } from './commands/serve.ts'
import { addVmCommands } from './commands/vm.ts'
import type { Exit } from './exit.ts'
import { harmless } from './terminalText.ts'
import { failureJson } from './values.ts'

const exitFailed = 1
const exitUsage = 2

function build(exit: Exit): Command {
  const program = new Command('flint-console')
  program
    .description('Flint Console without a window: nodes, VMs, billing, and the automation between them.')
    .version(version, '-V, --version')
    .option('--data-dir <dir>', 'the data folder; the user’s own unless said')
    .option('--json', 'one JSON value on stdout, nothing else')
    .exitOverride()
    .showHelpAfterError()
    .showSuggestionAfterError()
  for (const add of [
    addNodeCommands,
    addVmCommands,
    addBillingCommands,
    addLinkCommands,
    addPolicyCommands,
    addAutomationCommands,
    addIntentCommands,
    addHoldCommands,
    addRunCommand,
    addReportCommand,
    addAuditCommands,
    addCredentialsCommands,
    addDemoCommand,
    addServeCommand,
  ]) {
    add(program, exit)
  }
  return program
}

function bodyOf(error: unknown): FailureBody {
  if (error instanceof Failure) return error.body()
  return {
    code: 'internal',
    message: error instanceof Error ? error.message : String(error),
    hint: 'The worker’s log (logs/worker.log in the data folder) has the details.',
  }
}

function tellFailure(error: unknown, json: boolean): void {
  const body = bodyOf(error)
  process.stderr.write(`${harmless(body.message)}\n${body.hint === undefined ? '' : `${harmless(body.hint)}\n`}`)
  if (json) process.stdout.write(`${JSON.stringify({ error: failureJson(body) })}\n`)
}

/** Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const exit: Exit = { code: 0 }
  const program = build(exit)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exit.code
  } catch (error) {
    // Commander has written what it had to say; help that was asked for is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
    tellFailure(error, program.opts<{ json?: boolean }>().json === true)
    return exitFailed
  }
}
