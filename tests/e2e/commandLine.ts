// The command line beside a running app: it reaches the app's own worker over the control socket, as an operator's script would.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Estate } from '../../demo/estate.ts'
import { root } from '../../scripts/requirements.ts'

export interface CommandLine {
  /** Runs a command with `--json`; `input` goes to its stdin. Throws with what it said when it does not exit with 0. */
  run(parameters: readonly string[], input?: string): Promise<unknown>
}

export function commandLine(dataDir: string, environment: NodeJS.ProcessEnv): CommandLine {
  return {
    run: async (parameters, input = '') => {
      const child = spawn(process.execPath, [join(root, 'out', 'main', 'cli.cjs'), '--data-dir', dataDir, '--json', ...parameters], {
        env: { ...process.env, ...environment },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      child.stdin.end(input)
      const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      if (exit[0] !== 0) throw new Error(`${parameters.join(' ')} ended with ${String(exit[0])}: ${stderr}`)
      return stdout.trim() === '' ? null : JSON.parse(stdout)
    },
  }
}

/** Enrols every node of the estate and its Paymenter, and reads it whole. */
export async function connectEstate(cli: CommandLine, estate: Estate): Promise<void> {
  for (const { name, url, key } of estate.connect.nodes) await cli.run(['node', 'add', '--name', name, '--url', url, '--key-stdin'], key)
  await cli.run(['billing', 'connect', '--url', estate.connect.billing.url, '--token-stdin'], estate.connect.billing.token)
  await cli.run(['billing', 'sync', '--full'])
}
