// `credentials …`: moves the secrets of this installation into a box's systemd credentials, through pipes only.
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { Failure } from '../../../../shared/domain/failure.ts'
import { credentialsFolder } from '../../secrets/credentialNames.ts'
import { credentialsCommand, exportLine, readSecrets } from '../../secrets/exportCredentials.ts'
import { openSecrets } from '../../secrets/openSecrets.ts'
import { type Exit, finish } from '../exit.ts'
import { globalOptions } from '../session.ts'

export function addCredentialsCommands(program: Command, exit: Exit): void {
  const credentials = program.command('credentials').description('the secrets of an always-on box')

  const command = credentials
    .command('command')
    .description('prints the one command that seals this installation’s secrets as a box’s systemd credentials')
    .option('--host <user@host>', 'the box, reached by ssh as root; this machine unless said')
    .option('--folder <dir>', 'where the box keeps what is sealed', credentialsFolder)
  command.action((options: { host?: string; folder: string }) => {
    const globals = globalOptions(command)
    const text = credentialsCommand({
      program: 'flint-console',
      dataDir: resolve(globals.dataDir),
      host: options.host ?? null,
      folder: options.folder,
    })
    finish({ json: { command: text }, text }, globals.json, exit)
  })

  const exporting = credentials.command('export').description('writes the secrets to a pipe, for that command; never to a terminal')
  exporting.action(async () => {
    if (globalOptions(exporting).json) exporting.error('error: what is exported is no JSON: leave --json out')
    if (process.stdout.isTTY)
      throw new Failure(
        'credentials.terminal',
        'Secrets are not written to a terminal.',
        'Use the command that `flint-console credentials command` prints.',
      )
    const { dataDir } = globalOptions(exporting)
    const secrets = await readSecrets(dataDir, (installationId) =>
      openSecrets({ installationId, dataDir, env: process.env, onState: () => undefined }),
    )
    process.stdout.write(secrets.map(({ name, value }) => exportLine(name, value)).join(''))
  })
}
