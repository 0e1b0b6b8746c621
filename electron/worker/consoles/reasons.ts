// Why a console could not be opened or has ended, in the operator's words, with the way out. None of them holds an address with a token.
import { Failure } from '../../../shared/domain/failure.ts'
import type { ConsoleKind } from './flintSocket.ts'

const nameOf: Readonly<Record<ConsoleKind, string>> = { vnc: 'screen', serial: 'serial console' }

export function vmOff(): Failure {
  return new Failure('console.vm-off', 'The VM is off: it has no screen and no serial line.', 'Start it; the console then opens by itself.')
}

export function vmPaused(): Failure {
  return new Failure('console.vm-paused', 'The VM is paused: Flint shows the screen of a running VM only.', 'Resume it; the console then opens by itself.')
}

export function vncUnsupported(where: string): Failure {
  return new Failure(
    'console.vnc-unsupported',
    `Flint at ${where} is older than v1.28 and cannot show screens.`,
    'Its serial console works; to see the screen, update Flint on the node.',
  )
}

export function noSerialLine(): Failure {
  return new Failure('console.no-serial', 'The VM has no serial line that Flint could show.', 'Its screen works; a serial line is a device in the VM’s definition.')
}

/** Flint refused for a reason of its own. */
export function refused(kind: ConsoleKind, said: string): Failure {
  return new Failure('console.refused', `Flint did not open the ${nameOf[kind]}: ${said === '' ? 'it gave no reason' : said}.`, 'Look at Flint’s log on the node.')
}

/** An open console was ended by the node: the VM stopped, Flint was restarted, or the network broke. */
export function ended(kind: ConsoleKind): Failure {
  return new Failure('console.ended', `The node ended the ${nameOf[kind]}.`, 'The VM may be off or starting again, or Flint was restarted.')
}

/** Nothing comes from the node any more, not even an answer to a ping. */
export function silent(kind: ConsoleKind): Failure {
  return new Failure('console.silent', `The node fell silent in the middle of the ${nameOf[kind]}.`, 'Is the network between here and the node up?')
}

/** What came is not what a screen is made of. */
export function notRfb(what: string): Failure {
  return new Failure('console.not-vnc', `What came from the node is not the VNC protocol: ${what}.`, 'Reconnect; if it stays so, look at what listens behind Flint on the node.')
}

/** One frame larger than any console sends. */
export function oversized(): Failure {
  return new Failure('console.oversized', 'The node sent a single message larger than any console needs, and was cut off.', 'Reconnect; if it stays so, look at the node.')
}
