// Drift and contradictions as data: where billing and the VMs do not agree, what would resolve it, and what is at stake. Pure.
import { addDays, daysBetween, type Day } from './calendar.ts'
import { holdInForce, isOff, type Decision, type ServiceFacts } from './decide.ts'
import type { NodeId, ServiceId } from './ids.ts'
import { multiplyMoney, type Money } from './money.ts'
import type { Policy } from './policy.ts'

export const findingKinds = [
  'suspended-but-running',
  'ended-but-running',
  'active-but-off',
  'vm-gone',
  'suspended-before-console',
  'status-left-suspended',
  'status-left-active',
  'never-invoiced-again',
  'contradiction',
  'nightly-job-silent',
  'long-grace',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** What a way out asks for: a button where the console can do it, words where it is done in Paymenter. */
export const resolveActions = ['start', 'stop', 'cover', 'hold-no-stop', 'hold-no-start', 'remove-link', 'run', 'policy', 'paymenter', 'answer'] as const
export type ResolveAction = (typeof resolveActions)[number]

export interface Finding {
  /** The same finding has the same key as long as it lasts. */
  readonly key: string
  readonly kind: FindingKind
  readonly severity: 'info' | 'warning' | 'danger'
  /** Null: it is about the installation as a whole. */
  readonly serviceId: ServiceId | null
  readonly customerName: string | null
  readonly productName: string | null
  readonly nodeId: NodeId | null
  readonly node: string | null
  readonly name: string | null
  readonly message: string
  readonly resolve: readonly { readonly action: ResolveAction; readonly text: string }[]
  /** What a billing period of it is worth, by currency. */
  readonly money: readonly Money[]
  /** Memory that is held, or that is paid for and not used. */
  readonly memoryKiB: number | null
  /** All services that it is about. */
  readonly serviceIds: readonly ServiceId[]
}

export interface ServiceForFindings {
  readonly serviceId: ServiceId
  readonly customerName: string | null
  readonly productName: string | null
  readonly nodeId: NodeId
  readonly node: string
  readonly name: string
  readonly memoryKiB: number | null
  readonly quantity: number
  readonly facts: ServiceFacts
  readonly policy: Policy
  readonly decision: Decision
}

export interface ActiveService {
  readonly serviceId: ServiceId
  readonly expiresOn: Day
  readonly price: Money | null
  readonly quantity: number
}

/** Paymenter's nightly job suspends what expired so many days ago, and cancels what expired so many. */
const nightlySuspensionDays = 2
const nightlyCancellationDays = 14

type Told = Pick<Finding, 'kind' | 'severity' | 'message' | 'resolve'>

function worth(price: Money | null, quantity: number): Money[] {
  return price === null || price.amountMinor === 0 ? [] : [multiplyMoney(price, quantity)]
}

function sum(amounts: readonly Money[]): Money[] {
  const byCurrency = new Map<string, number>()
  for (const { currency, amountMinor } of amounts) byCurrency.set(currency, (byCurrency.get(currency) ?? 0) + amountMinor)
  return [...byCurrency].map(([currency, amountMinor]) => ({ amountMinor, currency })).sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

const inPaymenter = (text: string) => ({ action: 'paymenter', text }) as const

/** Where the VM and what is known of its service do not agree. The first that fits. */
function aboutVm(service: ServiceForFindings, today: Day): Told | null {
  const { facts, decision, name } = service
  const { vm, suspension, status } = facts
  if (vm === null || facts.gone) return null
  const hold = holdInForce(facts.hold, today)
  const paidUp = decision.state === 'paid-up'
  if (vm.gone) {
    if (status === 'cancelled') return null
    return {
      kind: 'vm-gone',
      severity: 'danger',
      message: `${name} does not exist any more, but its service is ${status}.`,
      resolve: [
        inPaymenter('Cancel the service in Paymenter, or make the VM again.'),
        { action: 'remove-link', text: 'Remove the link; another VM can then be linked.' },
      ],
    }
  }
  const runs = vm.state === 'running' || vm.state === 'paused'
  if (runs && hold?.kind !== 'no-stop') {
    if (status === 'cancelled') {
      return {
        kind: 'ended-but-running',
        severity: 'warning',
        message: `${name} runs, though its service has ended.`,
        resolve: [
          { action: 'run', text: 'Approve its suspension in the queue.' },
          { action: 'hold-no-stop', text: 'Leave it running for a while (a no-stop hold).' },
        ],
      }
    }
    if (suspension?.verifiedOn != null && !paidUp) {
      return {
        kind: 'suspended-but-running',
        severity: 'warning',
        message: `${name} was suspended on ${suspension.verifiedOn} and runs again.`,
        resolve: [
          { action: 'run', text: 'Automation stops it again in its next pass, with the same guards.' },
          { action: 'hold-no-stop', text: 'Leave it running for a while (a no-stop hold).' },
        ],
      }
    }
    // Paymenter suspends before our grace is over: a VM that runs then is as it should be.
    if (status === 'suspended' && decision.kind === 'suspend') {
      return {
        kind: 'suspended-but-running',
        severity: 'warning',
        message: `${name} runs, though Paymenter shows its service as suspended. ${decision.reason}`,
        resolve: [
          { action: 'run', text: 'Automation stops it in its next pass, where mode and guards let it.' },
          inPaymenter('Set the service active in Paymenter if it should run.'),
        ],
      }
    }
    if (status === 'suspended' && paidUp && suspension === null) {
      return {
        kind: 'status-left-suspended',
        severity: 'warning',
        message: `${name} runs and is paid for, but Paymenter still shows its service as suspended: it will never be invoiced again.`,
        resolve: [inPaymenter('Set the service active in Paymenter; give the key services.update so that this is done by itself.')],
      }
    }
  }
  if (!isOff(vm.state)) return null
  if (status === 'suspended' && suspension === null && decision.kind === 'none') {
    return {
      kind: 'suspended-before-console',
      severity: 'warning',
      message: `${name} is off and Paymenter shows its service as suspended, but how that began was not seen here.`,
      resolve: [
        { action: 'cover', text: 'It was suspended before this console came: confirm it, and its payment starts the VM.' },
        { action: 'answer', text: 'It is off for another reason: leave it alone and do not ask again.' },
      ],
    }
  }
  if (suspension?.verifiedOn != null && suspension.cause === 'overdue' && status === 'active' && decision.state === 'overdue') {
    return {
      kind: 'status-left-active',
      severity: 'info',
      message: `${name} is suspended here, but Paymenter still shows its service as active.`,
      resolve: [inPaymenter('Set the service suspended in Paymenter, or give the key services.update and switch writeStatus on.')],
    }
  }
  if (status === 'active' && paidUp && suspension === null && hold?.kind !== 'no-start') {
    return {
      kind: 'active-but-off',
      severity: 'warning',
      message: `${name} is off, though its service is active and paid for.`,
      resolve: [
        { action: 'start', text: 'Start it.' },
        { action: 'hold-no-start', text: 'Its customer wants it off: say so (a no-start hold).' },
      ],
    }
  }
  return null
}

/** What is odd about the service itself. */
function aboutService(service: ServiceForFindings): Told | null {
  const { facts, decision } = service
  if (decision.state === 'contradiction') {
    return {
      kind: 'contradiction',
      severity: 'warning',
      message: decision.reason,
      resolve: [inPaymenter('Mend it in Paymenter, then sync. Until then nothing is done.')],
    }
  }
  if (
    facts.expiresOn === null &&
    facts.expiryReadable &&
    !facts.gone &&
    facts.status === 'active' &&
    facts.price !== null &&
    facts.price.amountMinor > 0
  ) {
    return {
      kind: 'never-invoiced-again',
      severity: 'warning',
      message: 'It has a price but no expiry: Paymenter will never invoice it again.',
      resolve: [inPaymenter('Give the service an expiry in Paymenter.')],
    }
  }
  return null
}

function ofService(service: ServiceForFindings, told: Told): Finding {
  const { serviceId, customerName, productName, nodeId, node, name } = service
  return {
    ...told,
    key: `${told.kind}/${serviceId}`,
    serviceId,
    customerName,
    productName,
    nodeId,
    node,
    name,
    money: worth(service.facts.price, service.quantity),
    memoryKiB: told.kind === 'vm-gone' || told.kind === 'never-invoiced-again' ? null : service.memoryKiB,
    serviceIds: [serviceId],
  }
}

const general = { serviceId: null, customerName: null, productName: null, nodeId: null, node: null, name: null, memoryKiB: null } as const

function nightlyJob(active: readonly ActiveService[], today: Day): Finding | null {
  const before = addDays(today, -nightlySuspensionDays)
  const late = active.filter((service) => service.expiresOn < before)
  if (late.length === 0) return null
  const oldest = late.reduce((first, service) => (service.expiresOn < first ? service.expiresOn : first), today)
  const age = `the oldest ${daysBetween(oldest, today)} days`
  const which = late.length === 1 ? 'One service is still active that expired' : `${late.length} services are still active that expired`
  return {
    ...general,
    key: 'nightly-job-silent',
    kind: 'nightly-job-silent',
    severity: 'danger',
    message: `${which} more than ${nightlySuspensionDays} days ago (${age}): Paymenter’s nightly job is not running, nor does it write invoices.`,
    resolve: [inPaymenter('See that cron on Paymenter’s machine runs “php artisan schedule:run” every minute, and look at its log.')],
    money: sum(late.flatMap((service) => worth(service.price, service.quantity))),
    serviceIds: late.map((service) => service.serviceId),
  }
}

function longGrace(services: readonly ServiceForFindings[]): Finding | null {
  const long = services.filter(
    (service) => service.policy.graceDays >= nightlyCancellationDays && service.facts.status !== 'cancelled' && !service.facts.gone,
  )
  if (long.length === 0) return null
  const who = long.length === 1 ? 'One service has' : `${long.length} services have`
  const cancels = `cancels a service and its invoices ${nightlyCancellationDays} days after its expiry`
  const days = Math.max(...long.map((service) => service.policy.graceDays))
  return {
    ...general,
    key: 'long-grace',
    kind: 'long-grace',
    severity: 'info',
    message: `${who} up to ${days} days of grace, but Paymenter’s nightly job ${cancels}: before this console would suspend it.`,
    resolve: [
      { action: 'policy', text: `Set graceDays below ${nightlyCancellationDays}, here or in the override.` },
      inPaymenter('Or let the nightly job cancel later (a setting).'),
    ],
    money: sum(long.flatMap((service) => worth(service.facts.price, service.quantity))),
    serviceIds: long.map((service) => service.serviceId),
  }
}

/**
 * Everything that does not agree, the general ones first, then by service.
 * @param active every service of Paymenter that is active and has an expiry, linked or not
 * @param answered keys of findings that the operator has answered: they are left out
 */
export function findingsOf(
  services: readonly ServiceForFindings[],
  active: readonly ActiveService[],
  today: Day,
  answered: ReadonlySet<string> = new Set(),
): Finding[] {
  const found: Finding[] = [nightlyJob(active, today), longGrace(services)].filter((finding) => finding !== null)
  for (const service of services) {
    const ofVm = aboutVm(service, today)
    if (ofVm !== null) found.push(ofService(service, ofVm))
    const ofFacts = ofVm?.kind === 'suspended-before-console' ? null : aboutService(service)
    if (ofFacts !== null) found.push(ofService(service, ofFacts))
  }
  return found.filter((finding) => !answered.has(finding.key))
}
