// What the keychain's own errors mean, and the way out in words.
import { Failure } from '../../../shared/domain/failure.ts'

const lockedWords =
  /prompt was dismissed|locked|no result found|interaction is not allowed|user canceled|user cancelled|authorization|did not receive a reply/i

function unlockHint(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Unlock the login keychain in Keychain Access and allow Flint Console to use it, then check again.'
  if (platform === 'win32') return 'Log in to this account’s own session, then check again.'
  return (
    'Unlock the keyring (log in to the desktop, open “Passwords and Keys” or KWallet; on a box without a desktop: ' +
    '`gnome-keyring-daemon --unlock`, which reads the password from standard input), then check again.'
  )
}

function missingHint(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Log in with a session that has a login keychain, then check again.'
  if (platform === 'win32') return 'Log in with a session that has the Credential Manager, then check again.'
  return (
    'Install and start a Secret Service: GNOME Keyring (package gnome-keyring) or KWallet. On a box without a desktop start the worker ' +
    'in a D-Bus session: `dbus-run-session -- sh -c "gnome-keyring-daemon --unlock && flint-console run"`.'
  )
}

/** The keychain is there, but does not give out or take secrets now. */
export function keychainLocked(platform: NodeJS.Platform = process.platform): Failure {
  return new Failure('keychain.locked', 'The keychain is locked: keys can neither be read nor saved.', unlockHint(platform))
}

/** It did not answer in time: most likely a prompt waits on a screen. */
export function keychainSilent(platform: NodeJS.Platform = process.platform): Failure {
  return new Failure(
    'keychain.locked',
    'The keychain did not answer in time; perhaps it waits for its password on a screen.',
    unlockHint(platform),
  )
}

/** There is no keychain in this session. Nothing is saved elsewhere instead. */
export function keychainMissing(platform: NodeJS.Platform = process.platform): Failure {
  const name =
    platform === 'linux' ? 'No Secret Service (the system’s keychain) answers in this session' : 'No keychain answers in this session'
  return new Failure('keychain.missing', `${name}: keys can neither be read nor saved.`, missingHint(platform))
}

/** The library's error as a Failure; its text holds no secret, but tells the operator little, so it is not passed on. */
export function keychainFailure(text: string): Failure {
  return lockedWords.test(text) ? keychainLocked() : keychainMissing()
}
