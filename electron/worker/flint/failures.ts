// What a node's misbehaviour is called, in the operator's words, with the way out.
import { Failure } from '../../../shared/domain/failure.ts'
import type { PeerError } from '../http/peerError.ts'

const refusedHints: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there. Is Flint running on the node, and is the port right (Flint’s own is 5550)?',
  ENOTFOUND: 'The host name is not known. Look for a slip in it, or write the IP address.',
  EAI_AGAIN: 'The name could not be looked up just now: is this machine online?',
  UND_ERR_CONNECT_TIMEOUT: 'Nothing answered at all. Is the node up, and does a firewall let this machine through?',
  EHOSTUNREACH: 'There is no way to that host from here. Is a VPN or tunnel missing?',
  ENETUNREACH: 'There is no way to that network from here. Is a VPN or tunnel missing?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The address says https, but plain HTTP answers there: write http://, or put TLS in front of Flint.',
  EPROTO: 'The address says https, but plain HTTP answers there: write http://, or put TLS in front of Flint.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'The address says https, but plain HTTP answers there: write http://, or put TLS in front of Flint.',
}

export function unreachable(where: string, detail: string): Failure {
  const certificate = /CERT|SIGNED|ALTNAME|ISSUER/.test(detail)
  const hint = certificate
    ? 'Its certificate is not one that this machine trusts, or names another host.'
    : (refusedHints[detail] ?? 'Is the node up, is Flint running on it, and does a firewall let this machine through?')
  return new Failure('node.unreachable', `Flint at ${where} cannot be reached (${detail}).`, hint)
}

export function notFlint(where: string, what: string): Failure {
  return new Failure(
    'node.not-flint',
    `What answers at ${where} is not Flint: ${what}.`,
    'Check the host and port; Flint’s own port is 5550.',
  )
}

export function invalidAnswer(where: string, what: string): Failure {
  return new Failure(
    'node.invalid-answer',
    `Flint at ${where} gave an answer that cannot be read: ${what}.`,
    'If it stays so, look at Flint’s log on the node.',
  )
}

export function unauthorized(where: string): Failure {
  return new Failure(
    'node.unauthorized',
    `Flint at ${where} refuses the API key.`,
    'Either the key is wrong: compare it with "api_key" in ~/.flint/config.json on the node. Or no key is in force there: if that file has no "api_key" at its top level, ' +
      'Flint runs without one, and the key that `flint api-key` prints is not in force either. Then put "api_key": "<64 hex digits>" at the top level of the file, restart Flint, and use that key.',
  )
}

/** A key that was accepted until then: the node has another one now, or none. */
export function keyRefusedLater(where: string, acceptedAt: number): Failure {
  return new Failure(
    'node.unauthorized',
    `Flint at ${where} refuses the API key that it accepted until ${new Date(acceptedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    'Either the key was changed on the node: enter the new one with “Change key”. Or it was never kept there: a Flint without "api_key" at the top level of ~/.flint/config.json ' +
      'invents a key in memory and forgets it when it restarts. Then put "api_key": "<64 hex digits>" at the top level of that file, restart Flint, and enter that key with “Change key”.',
  )
}

export function noKeyInForce(where: string): Failure {
  return new Failure(
    'node.no-key',
    `Flint at ${where} accepts the passphrase but has no API key in force.`,
    'It was set up with a passphrase only. Put "api_key": "<64 hex digits>" at the top level of ~/.flint/config.json on the node, restart Flint, and connect again.',
  )
}

export function wrongPassphrase(where: string): Failure {
  return new Failure(
    'node.wrong-passphrase',
    `Flint at ${where} refuses the passphrase.`,
    'It is the one given to `flint serve --passphrase`; the API key works too.',
  )
}

export function limitedMode(where: string): Failure {
  return new Failure(
    'node.limited-mode',
    `Flint at ${where} runs in limited mode: it was started while libvirt could not be reached, and what it shows is invented.`,
    'On the node, see that libvirtd runs, then restart Flint.',
  )
}

export function libvirtLost(where: string): Failure {
  return new Failure(
    'node.libvirt-lost',
    `Flint at ${where} has lost libvirt: it cannot see its VMs.`,
    'On the node, see that libvirtd runs, then restart Flint: it does not reconnect by itself.',
  )
}

export function unhealthy(where: string, what: string): Failure {
  return new Failure(
    'node.unhealthy',
    `Flint at ${where} says that it is not healthy${what === '' ? '' : `: ${what}`}.`,
    'Look at Flint’s log on the node.',
  )
}

/** Flint ends the request where a volume's file is gone: it asks libvirt for its size and does not look whether there was an answer. */
export function listBroken(where: string, pool: string): Failure {
  return new Failure(
    'storage.list-broken',
    `Flint at ${where} breaks off when it is asked what the pool ${pool} holds: libvirt lists a file there that is gone.`,
    `On the node: virsh pool-refresh ${pool}. Until then Flint ${pool === 'flint-image-library' ? 'can show no images and make no VM' : 'cannot show the volumes of this pool'}.`,
  )
}

export function noAnswer(where: string, what: string): Failure {
  return new Failure(
    'node.no-answer',
    `Flint at ${where} was asked to ${what} and gave no whole answer: it may have been done or not.`,
    'Look at the VM’s state before trying again.',
  )
}

export function unknownVm(where: string): Failure {
  return new Failure('vm.unknown', `Flint at ${where} knows no such VM.`, 'It may have been deleted; refresh the list.')
}

/** How a VM that Flint made is given a power button, in the operator's words. */
export const acpiCure = 'On the node: virsh edit it and put <features><acpi/></features> below </os>; it holds from its next start.'

export function actionRefused(action: string, why: string): Failure {
  return new Failure(
    'vm.action-refused',
    `The node refused to ${action} the VM: ${why}`,
    'Look at the VM’s state, and at Flint’s log on the node.',
  )
}

/** A transport failure in the operator's words. `what` is what a write was to do. */
export function fromPeerError(error: PeerError, where: string, what: string): Failure {
  if (error.failure !== null) return error.failure
  switch (error.kind) {
    case 'unreachable':
      return unreachable(where, error.detail)
    case 'circuit-open':
      return new Failure(
        'node.unreachable',
        `Flint at ${where} failed several times in a row; it is asked again in a few seconds.`,
        'Check the node; “check” asks at once.',
      )
    case 'timeout':
      return new Failure('node.unreachable', error.message, 'The node is up but slow, or hangs. Look at its load and at Flint’s log.')
    case 'redirect':
      return notFlint(where, `it answers with a redirect (${error.detail})`)
    case 'too-large':
    case 'truncated':
      return invalidAnswer(where, error.message)
    case 'no-answer':
      return what === '' ? unreachable(where, error.detail) : noAnswer(where, what)
  }
}
