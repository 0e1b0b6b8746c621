// Whether a VM could use what an interface is to be put on: Flint writes any name into a definition, and the VM never starts again.
import { Failure } from '../../../shared/domain/failure.ts'
import type { FlintInterface, FlintNetwork } from '../flint/library.ts'

export interface NetworkWish {
  readonly name: string
  /** Flint reads the name of a VM that it makes otherwise than that of an interface that it adds. */
  readonly by: 'create' | 'attach'
  /** A VM runs on it at once. */
  readonly isUsedNow: boolean
}

/** Throws `network.unknown` for a name that Flint would turn into something that is not there, `network.inactive`. */
export function refuseUnusableNetwork(wish: NetworkWish, networks: readonly FlintNetwork[], interfaces: readonly FlintInterface[]): void {
  const { name } = wish
  const direct = interfaces.find((known) => known.name === name)?.type
  if (direct === 'bridge' || (wish.by === 'attach' && direct === 'physical')) return
  // Of a VM that it makes, Flint takes every name that begins so for a bridge.
  const network = wish.by === 'create' && name.startsWith('br') ? undefined : networks.find((known) => known.name === name)
  if (!network) {
    throw new Failure(
      'network.unknown',
      `The node has no network or bridge named ${name} that Flint could put a VM on.`,
      'Look at the node’s networks: a VM on one that is not there does not start.',
    )
  }
  if (!network.isActive && wish.isUsedNow) {
    throw new Failure(
      'network.inactive',
      `The network ${name} is not active: a VM on it cannot start.`,
      wish.by === 'create' ? 'Start the network first, or make the VM without starting it.' : 'Start the network first.',
    )
  }
}
