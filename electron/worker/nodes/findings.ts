// Findings: what about a node needs the operator's eye although it works.
import type { z } from 'zod'
import type { finding } from '../../../shared/contract/nodes.ts'
import type { StoredCertificate } from '../../../db/schema.ts'
import type { PeerAddress } from '../../../shared/domain/address.ts'

export type Finding = z.output<typeof finding>

const clockToleranceMs = 5 * 60_000

/** Found only by a probe or a check, not by each look. */
const exposureCodes: readonly string[] = ['node.key-exposed', 'node.plain-http', 'node.port-open']
const dayMs = 24 * 3_600_000
const certificateWarnsDays = 14

export interface ExposureFacts {
  readonly keyIsExposed: boolean
  /** Where Flint answers in plain HTTP although another way was chosen. */
  readonly openAt: PeerAddress | null
  /** Reached through an SSH server: the address is as that server sees it. */
  readonly tunnelled: boolean
}

/** Flint hands its key to anyone (every release so far); whoever reaches the port owns the node. */
export function exposureFindings(address: PeerAddress, { keyIsExposed, openAt, tunnelled }: ExposureFacts): Finding[] {
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
  if (openAt !== null) {
    findings.push({
      code: 'node.port-open',
      severity: openAt.loopback ? 'warning' : 'danger',
      message: `Flint also answers at ${openAt.url} in plain HTTP, past the ${tunnelled ? 'SSH tunnel' : 'TLS in front of it'}: it protects nothing as long as that port is open.`,
      hint: 'On the node, bind Flint to 127.0.0.1, or close that port in its firewall; then change the key.',
    })
  }
  if (!address.secure && !address.loopback) {
    findings.push({
      code: 'node.plain-http',
      severity: 'warning',
      message: tunnelled
        ? 'Behind the SSH server the API key crosses the network in clear text: Flint’s address there is plain HTTP on another machine.'
        : 'The API key crosses the network in clear text: the address is plain HTTP to another machine.',
      hint: tunnelled
        ? 'Tunnel to the node itself, so that Flint’s address there is 127.0.0.1.'
        : 'Reach the node through a VPN or an SSH tunnel, or put TLS in front of Flint and use https.',
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
  /** The certificate of this look's connection; null over plain HTTP. */
  readonly certificate: StoredCertificate | null
  readonly nowMs: number
  /** VMs here whose UUID is also that of a VM on another node. */
  readonly twins: readonly { readonly name: string; readonly nodeName: string }[]
}

/** What a look at a node that may be believed shows beside its VMs. */
export function lookFindings(facts: LookFacts): Finding[] {
  const findings: Finding[] = []
  if (facts.enrolledHostname !== null && facts.hostname !== facts.enrolledHostname) {
    findings.push({
      code: 'node.hostname-changed',
      severity: 'warning',
      message: `The machine calls itself “${facts.hostname}”; when it was enrolled it was “${facts.enrolledHostname}”.`,
      hint: 'Its VMs are the ones that are known, so it was renamed: confirm it with “Change address” on its page, leaving the address as it is.',
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
  findings.push(...certificateFindings(facts), ...twinFindings(facts))
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

function certificateFindings({ certificate, nowMs }: LookFacts): Finding[] {
  if (certificate === null) return []
  const days = Math.floor((certificate.validTo - nowMs) / dayMs)
  if (days >= certificateWarnsDays) return []
  const until = new Date(certificate.validTo).toISOString().slice(0, 10)
  return [
    {
      code: 'node.certificate-expires',
      severity: 'warning',
      message: days < 0 ? `The node’s certificate expired on ${until}.` : `The node’s certificate expires on ${until}, in ${days} days.`,
      hint: 'Renew it on the node. A pinned certificate is then shown as changed here, to be accepted with its new fingerprint.',
    },
  ]
}

function twinFindings({ twins }: LookFacts): Finding[] {
  const [first] = twins
  if (first === undefined) return []
  const nodes = [...new Set(twins.map((twin) => twin.nodeName))].slice(0, 3).join(', ')
  const names = twins.slice(0, 3).map((twin) => twin.name.slice(0, 40))
  return [
    {
      code: 'node.vm-uuid-twice',
      severity: 'warning',
      message: `${twins.length === 1 ? 'One VM here has' : `${twins.length} VMs here have`} the UUID of a VM on ${nodes}: ${names.join(', ')}${twins.length > names.length ? ', …' : ''}. They are kept apart by their node.`,
      hint: 'Is it one machine under two addresses? Then remove one of the nodes. If a VM was copied or moved, delete or redefine the copy with a UUID of its own.',
    },
  ]
}

/** A look's findings beside those of the last probe or check, which a look does not repeat. */
export function withExposure<F extends { readonly code: string }>(before: readonly F[], ofLook: readonly Finding[]): (F | Finding)[] {
  return [...before.filter((known) => exposureCodes.includes(known.code)), ...ofLook]
}

/** The findings of a look that stay when exposure was asked anew. */
export function withoutExposure<F extends { readonly code: string }>(findings: readonly F[]): F[] {
  return findings.filter((known) => !exposureCodes.includes(known.code))
}
