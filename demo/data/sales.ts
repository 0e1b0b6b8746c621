// Who bought what: each service's part in the demo's story, before it has an id, an invoice or a machine.
import type { Offer } from './catalog.ts'
import { BUSINESS, FREE, PROFESSIONAL, STARTER } from './catalog.ts'
import type { Dice } from './random.ts'

/** The part that a service plays. All but the last five have a machine. */
export type Role =
  | 'current'
  | 'free'
  | 'overdue'
  | 'ended-running'
  | 'paid-but-off'
  | 'larger-than-plan'
  | 'stubborn'
  | 'misnamed'
  | 'pending-order'
  | 'without-machine'
  | 'ended'

export interface Sale {
  role: Role
  /** The place in the list of customers. */
  customer: number
  offer: Offer
  yearly: boolean
  /** Billing periods that were paid. */
  paidPeriods: number
  /** Days from its expiry to today; negative for one that has not expired. Null where nothing expires. */
  expiredDays: number | null
  /** Days since a pending order was placed, or a free service was made; 0 for the rest. */
  ageDays: number
}

/** In the order of their use, so that a small estate has the plainest case first: past grace, and the machine still running. */
const OVERDUE_DAYS = [5, 1, 9, 2, 7, 3, 12, 4]
export const OFF_SINCE_DAYS = 9
export const STUBBORN_OVERDUE_DAYS = 7
export const SLOW_OVERDUE_DAYS = 4

export interface SalesOptions {
  customers: number
  /** Services that have a machine. */
  withMachine: number
  /** The exact number of invoices, as far as it can be reached; null for what two years bring. */
  invoices: number | null
}

/** Decides on all sales. Every customer has at least one. */
export function makeSales(options: SalesOptions, dice: Dice): Sale[] {
  const roles = rolesWithMachine(options.withMachine)
  const isLarge = options.withMachine >= 10
  if (isLarge) roles.push('pending-order', 'pending-order', 'without-machine', 'ended', 'ended', 'ended')
  while (roles.length < options.customers) roles.push('ended')
  const owners = dice.shuffled(roles.map((_, index) => (index < options.customers ? index : dice.whole(0, options.customers - 1))))
  let overdue = 0
  const sales = roles.map((role, index) => {
    const days = role === 'overdue' ? (OVERDUE_DAYS[overdue++ % OVERDUE_DAYS.length] ?? 5) : 0
    return makeSale(role, owners[index] ?? 0, days, dice)
  })
  if (options.invoices !== null) reachInvoices(sales, options.invoices, options.customers, dice)
  return sales
}

function rolesWithMachine(count: number): Role[] {
  const overdue = Math.min(Math.max(8, Math.round(count / 20)), Math.floor(count / 2))
  const special: Role[] = [
    'ended-running',
    'paid-but-off',
    'paid-but-off',
    'larger-than-plan',
    'stubborn',
    'misnamed',
    'misnamed',
  ]
  const roles: Role[] = Array.from({ length: overdue }, () => 'overdue')
  if (count >= 20) roles.push(...special)
  for (let index = roles.length; index < count; index += 1) roles.push(index % 7 === 6 ? 'free' : 'current')
  return roles
}

function makeSale(role: Role, customer: number, overdueDays: number, dice: Dice): Sale {
  const offer = offerFor(role, dice)
  const yearly = (role === 'current' || role === 'misnamed') && dice.chance(0.15)
  const common = { role, customer, offer, yearly, ageDays: 0 }
  switch (role) {
    case 'free':
      return { ...common, paidPeriods: 0, expiredDays: null, ageDays: dice.whole(10, 700) }
    case 'pending-order':
      return { ...common, paidPeriods: 0, expiredDays: null, ageDays: dice.whole(1, 5) }
    case 'overdue':
      return { ...common, paidPeriods: dice.whole(2, 23), expiredDays: overdueDays }
    case 'ended-running':
      return { ...common, paidPeriods: dice.whole(3, 20), expiredDays: dice.whole(16, 25) }
    case 'ended':
      return { ...common, paidPeriods: dice.whole(1, 12), expiredDays: dice.whole(30, 330) }
    case 'current':
    case 'paid-but-off':
    case 'larger-than-plan':
    case 'stubborn':
    case 'misnamed':
    case 'without-machine':
      return {
        ...common,
        paidPeriods: yearly ? dice.whole(1, 2) : dice.whole(1, 24),
        expiredDays: -dice.whole(1, yearly ? 360 : 28),
      }
  }
}

function offerFor(role: Role, dice: Dice): Offer {
  if (role === 'free') return FREE
  if (role === 'larger-than-plan') return STARTER
  const draw = dice.whole(1, 100)
  return draw <= 47 ? STARTER : draw <= 80 ? PROFESSIONAL : BUSINESS
}

/** The invoices that a sale has: one a paid period, and the one that is open or was given up. */
function invoiceCount(sale: Sale): number {
  if (sale.role === 'free') return 0
  const hasOpen = sale.expiredDays === null || sale.expiredDays >= -7
  return sale.paidPeriods + (hasOpen ? 1 : 0)
}

/** Shortens the oldest histories, or adds services that ended long ago, until the number of invoices fits. */
function reachInvoices(sales: Sale[], wanted: number, customers: number, dice: Dice): void {
  let count = sales.reduce((sum, sale) => sum + invoiceCount(sale), 0)
  for (let round = 24; round > 1 && count > wanted; round -= 1) {
    for (const sale of sales) {
      if (count <= wanted || sale.paidPeriods < round) continue
      sale.paidPeriods -= 1
      count -= 1
    }
  }
  while (count < wanted) {
    const sale = makeSale('ended', dice.whole(0, customers - 1), 0, dice)
    const room = wanted - count - 1
    if (room < 1) {
      const longest = sales.find((other) => other.paidPeriods > 0)
      if (longest) longest.paidPeriods += 1
      return
    }
    sale.paidPeriods = Math.min(dice.whole(24, 60), room)
    sales.push(sale)
    count += invoiceCount(sale)
  }
}
