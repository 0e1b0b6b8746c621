// This installation's secrets on their way to a box: read from the keychain, written to a pipe, sealed there. Never on a command line.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installationId } from '../../../db/repositories/installation.ts'
import { nodeNames } from '../../../db/repositories/names.ts'
import { openDatabaseForReading } from '../../../db/openForReading.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { databaseFile } from '../host/dataFolder.ts'
import { credentialFile, credentialSet, secretNamesOf } from './credentialNames.ts'
import type { SecretStore } from './store.ts'

/** One secret as a line of the export: the file's name, a blank, the value in base64. */
export function exportLine(secretName: string, value: string): string {
  return `${credentialFile(secretName)} ${Buffer.from(value, 'utf8').toString('base64')}\n`
}

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/**
 * What the box does with the lines of the export, in a POSIX shell: each value goes from a pipe into systemd-creds, sealed for this
 * machine under its name. `read`, `printf` and the loop are the shell's own, so no process ever has a secret among its arguments.
 */
export function sealingScript(folder: string): string {
  const where = shellWord(folder)
  return [
    'set -eu',
    'umask 077',
    `mkdir -p ${where}`,
    [
      `while read -r name value; do file=${where}/"$name"`,
      `printf %s "$value" | base64 -d | systemd-creds encrypt --name=${credentialSet}_"$name" - "$file".new`,
      'mv "$file".new "$file"',
      'echo "sealed $name"',
      'done',
    ].join('; '),
  ].join('; ')
}

/** The one command that moves this installation's secrets into a box's credentials. It holds no secret itself. */
export function credentialsCommand(options: {
  readonly program: string
  readonly dataDir: string
  readonly host: string | null
  readonly folder: string
}): string {
  const reading = `${options.program} --data-dir ${shellWord(options.dataDir)} credentials export`
  const script = shellWord(sealingScript(options.folder))
  return options.host === null ? `${reading} | sh -c ${script}` : `${reading} | ssh ${shellWord(options.host)} ${script}`
}

/** Reads every secret of the installation in `dataDir`. Throws the store's Failures, and `credentials.none` where there is none. */
export async function readSecrets(
  dataDir: string,
  openStore: (installationId: string) => SecretStore,
): Promise<{ name: string; value: string }[]> {
  const path = join(dataDir, databaseFile)
  if (!existsSync(path))
    throw new Failure('credentials.none', `There is no installation in ${dataDir}.`, 'Name its folder with --data-dir.')
  const db = openDatabaseForReading(path)
  let store: SecretStore | null = null
  try {
    store = openStore(installationId(db.orm))
    const found: { name: string; value: string }[] = []
    for (const name of secretNamesOf([...nodeNames(db.orm).keys()])) {
      const value = await store.get(name)
      if (value !== null) found.push({ name, value })
    }
    if (found.length === 0)
      throw new Failure('credentials.none', 'This installation has no secrets yet.', 'Connect a node or Paymenter first.')
    return found
  } finally {
    await store?.close()
    db.close()
  }
}
