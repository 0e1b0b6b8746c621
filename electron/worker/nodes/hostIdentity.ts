// Whether what answers at a node's address is still the machine that was enrolled: by its name and by the VMs that are known to be on it.
import { type AccessChanged, hostChanged } from './accessFailures.ts'

export interface HostFacts {
  readonly node: string
  readonly enrolledHostname: string | null
  readonly hostname: string
  /** How many VMs are known on the node, and how many of them are there (listed, or found by their own look-up). */
  readonly known: number
  readonly present: number
  /** Nodes that are known to have some of the VMs that are listed here. */
  readonly homes: readonly string[]
}

/** So many VMs do not vanish between two looks. */
const manyVms = 3

/**
 * A machine with most of its VMs is itself, whatever it calls itself. Another name without them is another machine; and so is the same name
 * when none of several VMs is there, or when those that are there belong to another node.
 */
export function judgeHost(facts: HostFacts): AccessChanged | null {
  const { node, enrolledHostname, hostname, known, present, homes } = facts
  const others = homes.length === 0 ? '' : ` Its VMs are those of ${homes.slice(0, 3).join(', ')}.`
  const isRenamed = enrolledHostname !== null && hostname !== enrolledHostname
  if (isRenamed && (known === 0 || present * 2 < known)) {
    return hostChanged(
      `What answers as ${node} calls itself “${hostname}”, not “${enrolledHostname}”, and ${present} of the ${known} VMs known there are on it.${others}`,
      `${enrolledHostname}, ${known} VMs`,
      `${hostname}, ${present} of them`,
    )
  }
  if (known > 0 && present === 0 && (known >= manyVms || homes.length > 0)) {
    return hostChanged(
      `None of the ${known} VMs known on ${node} is on what answers there.${others}`,
      `${enrolledHostname ?? node}, ${known} VMs`,
      `${hostname}, none of them`,
    )
  }
  return null
}
