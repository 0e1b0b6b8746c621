// How a command ends: its result on stdout, its exit code kept for the end of the process.
import type { Command } from 'commander'
import { globalOptions, type Result, type Session, withSession } from './session.ts'

export interface Exit {
  code: number
}

/** Prints a result in the form that was asked for. */
export function finish(result: Result, json: boolean, exit: Exit): void {
  process.stdout.write(json ? `${JSON.stringify(result.json)}\n` : `${result.text}\n`)
  exit.code = result.exitCode ?? 0
}

/** Runs a command against the worker and prints its result. */
export async function perform(command: Command, exit: Exit, work: (session: Session) => Promise<Result>): Promise<void> {
  const options = globalOptions(command)
  finish(await withSession(options, work), options.json, exit)
}
