// Findings: what about a node needs the operator's eye although it works.
import type { z } from 'zod'
import type { finding } from '../../../shared/contract/nodes.ts'
import type { PeerAddress } from '../../../shared/domain/address.ts'

export type Finding = z.output<typeof finding>

const clockToleranceMs = 5 * 60_000

/** Found only by a probe or a check, not by each look. */
const exposureCodes: readonly string[] = ['node.key-exposed', 'node.plain-http']

/** Flint hands its key to anyone (every release so far); whoever reaches the port owns the node. */
export function exposureFindings(address: PeerAddress, keyIsExposed: boolean): Finding[] {
  const findings: Finding[] = []
  if (keyIsExposed) {
    findings.push({
      code: 'node.key-exposed',
      severity: address.loopback ? 'warning' : 'danger',
      message:
        'Flint gives its API key to anyone who asks for a serial console, without a login: whoever can reach this port owns the node and every VM on it.',
      hint: 'Let only this machine through to the port (firewall, VPN, SSH tunnel, or Flint bound to 127.0.0.1). Where others could reach it, change the key.',
    })
  }
  if (!address.secure && !address.loopback) {
    findings.push({
      code: 'node.plain-http',
      severity: 'warning',
      message: 'The API key crosses the network in clear text: the address is plain HTTP to another machine.',
      hint: 'Reach the node through a VPN or an SSH tunnel, or put TLS in front of Flint and use https.',
    })
  }
  return findings
}

export interface LookFacts {
  readonly hostname: string
  /** What it called itself when it was enrolled; null when that is not known. */
  readonly enrolledHostname: string | null
  /** How many VMs the host counts, and how many could be seen by list and by look-up. */
  readonly totalVms: number
  readonly seenVms: number
  /** Rows of the list without a usable UUID or name. */
  readonly unreadable: number
  readonly clockOffsetMs: number | null
  readonly remarks: readonly { readonly severity: string; readonly message: string }[]
}

/** What a look at a node that may be believed shows beside its VMs. */
export function lookFindings(facts: LookFacts): Finding[] {
  const findings: Finding[] = []
  if (facts.enrolledHostname !== null && facts.hostname !== facts.enrolledHostname) {
    findings.push({
      code: 'node.hostname-changed',
      severity: 'warning',
      message: `The machine calls itself “${facts.hostname}”; when it was enrolled it was “${facts.enrolledHostname}”.`,
      hint: 'Was it renamed or installed anew, or does the address lead to another machine now? If it is another one, remove this node and add it again.',
    })
  }
  if (facts.unreadable > 0) {
    findings.push({
      code: 'node.vms-unreadable',
      severity: 'warning',
      message: `${facts.unreadable} of the VMs that Flint lists have no usable UUID or name and are left out.`,
      hint: 'Look at them with virsh on the node.',
    })
  }
  if (facts.seenVms + facts.unreadable < facts.totalVms) {
    findings.push({
      code: 'node.list-incomplete',
      severity: 'info',
      message: `Flint counts ${facts.totalVms} VMs but let only ${facts.seenVms + facts.unreadable} be seen.`,
      hint: 'Flint leaves out VMs that are slow to answer; the rest appears with a later look.',
    })
  }
  if (facts.clockOffsetMs !== null && Math.abs(facts.clockOffsetMs) > clockToleranceMs) {
    findings.push({
      code: 'node.clock',
      severity: 'warning',
      message: `The node’s clock is ${Math.round(Math.abs(facts.clockOffsetMs) / 60_000)} minutes ${facts.clockOffsetMs > 0 ? 'ahead of' : 'behind'} this machine’s.`,
      hint: 'Set it right (NTP) on whichever is wrong.',
    })
  }
  for (const remark of facts.remarks) {
    if (remark.severity === 'info') continue
    findings.push({
      code: 'node.host-warning',
      severity: remark.severity === 'error' ? 'danger' : 'warning',
      message: `Flint warns: ${remark.message.slice(0, 300)}`,
      hint: 'Look at the host.',
    })
  }
  return findings
}

/** A look's findings beside those of the last probe or check, which a look does not repeat. */
export function withExposure<F extends { readonly code: string }>(before: readonly F[], ofLook: readonly Finding[]): (F | Finding)[] {
  return [...before.filter((known) => exposureCodes.includes(known.code)), ...ofLook]
}

/** The findings of a look that stay when exposure was asked anew. */
export function withoutExposure<F extends { readonly code: string }>(findings: readonly F[]): F[] {
  return findings.filter((known) => !exposureCodes.includes(known.code))
}
