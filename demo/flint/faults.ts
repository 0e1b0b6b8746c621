// What can be made to go wrong on a simulated node, switched while it runs.

export interface FlintFaults {
  /** Flint was started while libvirt could not be reached: it says healthy and invents what it does not know. */
  limitedMode: boolean
  /** Libvirt went away under a running Flint. */
  libvirtLost: boolean
  /** Connections are destroyed as they arrive. */
  unreachable: boolean
  /** Every answer is delayed by this long. */
  hangMs: number
  /** UUIDs that the list leaves out silently. */
  omitFromList: string[]
  /** Every key and token is refused, as after a change of the key. */
  rejectKey: boolean
  /** Everything is answered with this status and an HTML body. */
  status?: number | undefined
  /** Bodies end in the middle, with a matching length: broken JSON. */
  truncateBody: boolean
  /** Bodies trickle at this pace; 0 is off. */
  dripBytesPerSecond: number
  /** Bodies are replaced by an endless-looking JSON list of about this many bytes; 0 is off. */
  hugeBodyBytes: number
  /** The connection is destroyed in the middle of the body. */
  closeMidBody: boolean
  /** Everything is answered with a redirect to this address; empty is off. */
  redirectTo: string
  /** The node's clock is wrong by this much: `Date` header and timestamps. */
  clockOffsetMs: number
  /** Every power action fails, with an error whose quotes are not escaped. */
  failPowerActions: boolean
  /** Whatever changes something is done, then the connection is dropped without an answer. */
  actThenDrop: boolean
  /** Every delete of a VM is answered with 200 and not done, as when libvirt refuses the undefine. */
  ignoreDeletes: boolean
  /** Images that the node downloads turn out to be wrong: they are thrown away, and only its log says so. */
  failDownloads: boolean
  /** Pools that are not active: they are listed, their volumes are not. */
  inactivePools: string[]
  /** A release before v1.28: there are no VNC routes. */
  oldRelease: boolean
  /** UUID to the state that list and detail show instead of the true one: unknown words, null. */
  shownStates: Record<string, string | null>
}

/** A node in good health. */
export function noFaults(): FlintFaults {
  return {
    limitedMode: false,
    libvirtLost: false,
    unreachable: false,
    hangMs: 0,
    omitFromList: [],
    rejectKey: false,
    status: undefined,
    truncateBody: false,
    dripBytesPerSecond: 0,
    hugeBodyBytes: 0,
    closeMidBody: false,
    redirectTo: '',
    clockOffsetMs: 0,
    failPowerActions: false,
    actThenDrop: false,
    ignoreDeletes: false,
    failDownloads: false,
    inactivePools: [],
    oldRelease: false,
    shownStates: {},
  }
}
