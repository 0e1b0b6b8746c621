// What a secret is called among systemd's credentials, and which secrets an installation has that a box needs.
import type { NodeId } from '../../../shared/domain/ids.ts'

/** The unit loads a folder under this name: systemd puts it, and an underscore, before each file's. */
export const credentialSet = 'flint-console'

/** Where a box keeps what is sealed. */
export const credentialsFolder = '/etc/flint-console/credentials'

/** Notes that automation itself writes. They are no secrets, only kept outside the database, so that an old copy of it is noticed. */
export const noteNames: ReadonlySet<string> = new Set(['audit:head', 'automation:last-run'])

/** The file's name in the set: `node:7f…:key` → `node.7f….key`. Throws for a name that no file may have. */
export function credentialFile(secretName: string): string {
  const file = secretName.replaceAll(':', '.')
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,199}$/.test(file)) throw new Error(`the secret ${secretName} cannot be a credential`)
  return file
}

/** The credential's whole name, as systemd knows it: it is sealed into an encrypted one. */
export function credentialName(secretName: string): string {
  return `${credentialSet}_${credentialFile(secretName)}`
}

/** Every secret that this installation may have. */
export function secretNamesOf(nodeIds: readonly NodeId[]): string[] {
  return ['billing:token', 'smtp:password', ...nodeIds.flatMap((nodeId) => [`node:${nodeId}:key`, `node:${nodeId}:ssh-passphrase`])]
}
