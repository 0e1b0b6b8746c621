// All data of a demo estate from one seed: nodes with VMs, and the Paymenter that bills them.
import { DEFAULT_SETTINGS } from '../paymenter/billing.ts'
import { DAY_MS, TimeZone } from '../paymenter/dates.ts'
import type { Tokens } from '../paymenter/keys.ts'
import { makeTokens } from '../paymenter/keys.ts'
import type { CreditRow, PaymenterRows, ServiceRow, TicketMessageRow, TicketRow } from '../paymenter/rows.ts'
import { makeCatalog } from './catalog.ts'
import { makeLedger } from './ledger.ts'
import type { NodeData, Placement } from './machines.ts'
import { hasMachine, makeMachines } from './machines.ts'
import { makeCustomers } from './people.ts'
import { Dice } from './random.ts'
import type { Role } from './sales.ts'
import { makeSales } from './sales.ts'

export interface EstateDataOptions {
  nodes: number
  vms: number
  customers: number
  /** The number of invoices; null for what two years bring. */
  invoices: number | null
  seed: number
  /** The instant, UTC ms, that the data lead up to. */
  nowMs: number
  timeZone: string
}

/** What a service is in the demo for. */
export interface StoryLine {
  role: Role
  serviceId: number
  customerId: number
  /** Days since its expiry; negative before it, null where nothing expires. */
  expiredDays: number | null
  vm: Placement | null
}

export interface EstateData {
  nodes: NodeData[]
  rows: PaymenterRows
  tokens: Tokens
  /** By service id. */
  story: StoryLine[]
}

/** The first user: the one who set Paymenter up, and who answers tickets. */
const SHOPKEEPER = 1
const TICKETS: readonly { subject: string; messages: readonly string[] }[] = [
  { subject: 'VM does not answer', messages: ['It stopped at night.\n\nPlease look.', 'The guest was out of memory; it is up again.'] },
  { subject: 'Invoice paid twice?', messages: ['My bank shows two payments this month.'] },
  {
    subject: 'Upgrade to Professional',
    messages: ['How do I move to a larger plan without losing data?', 'Open an order; we move the disk.'],
  },
  { subject: 'Reverse DNS', messages: ['Please set mail.example.com for my address.'] },
  {
    subject: 'Cannot log in on the console',
    messages: ['The keyboard seems to have the wrong layout.', 'Try the serial console.', 'Works, thanks!'],
  },
  { subject: 'Slow disk 🐢', messages: ['fio shows 12 MB/s since Tuesday.'] },
  { subject: 'Refund', messages: ['I ordered the yearly plan by mistake.'] },
  { subject: '<b>Urgent</b>', messages: ['Server down?'] },
]

/** The same options give the same data, to the last byte. */
export function makeEstateData(options: EstateDataOptions): EstateData {
  const { nowMs, seed } = options
  const dice = (part: string): Dice => new Dice(`${seed}/${part}`)
  const zone = new TimeZone(options.timeZone)
  const ownVms = options.vms < 5 ? 0 : Math.max(1, Math.round(options.vms / 15))
  const sales = makeSales({ customers: options.customers, withMachine: options.vms - ownVms, invoices: options.invoices }, dice('sales'))
  const firstSaleMs = nowMs - 1000 * DAY_MS
  const catalog = makeCatalog(firstSaleMs)
  const context = { nowMs, zone, settings: DEFAULT_SETTINGS, plans: catalog.plans, dice: dice('ledger') }
  const { serviceIds, ...ledger } = makeLedger(sales, context)
  const sold = sales.map((sale, index) => ({ sale, serviceId: serviceIds[index] ?? 0 }))
  const machines = makeMachines(options.nodes, sold, ownVms, dice('machines'))
  const people = makeCustomers(joinedAt(options.customers, ledger.services, nowMs), dice('people'))
  const tokenDice = dice('tokens')
  return {
    nodes: machines.nodes,
    rows: {
      ...catalog,
      ...people,
      ...ledger,
      credits: makeCredits(options.customers, nowMs, dice('credits')),
      ...makeTickets(options.customers, nowMs, dice('tickets')),
    },
    tokens: makeTokens(() => tokenDice.hex(32)),
    story: sold
      .map(({ sale, serviceId }) => ({
        role: sale.role,
        serviceId,
        customerId: sale.customer + 1,
        expiredDays: sale.expiredDays,
        vm: hasMachine(sale) ? (machines.placements.get(serviceId) ?? null) : null,
      }))
      .sort((left, right) => left.serviceId - right.serviceId),
  }
}

/** A customer joins some minutes before the first order. */
function joinedAt(customers: number, services: readonly ServiceRow[], nowMs: number): number[] {
  const first = new Map<number, number>()
  for (const service of services) first.set(service.user_id, Math.min(first.get(service.user_id) ?? nowMs, service.created_at))
  return Array.from({ length: customers }, (_, index) => (first.get(index + 1) ?? nowMs - DAY_MS) - 900_000)
}

function makeCredits(customers: number, nowMs: number, dice: Dice): CreditRow[] {
  const owners = dice.shuffled(Array.from({ length: customers }, (_, index) => index + 1)).slice(0, Math.ceil(customers / 9))
  return owners
    .sort((left, right) => left - right)
    .map((user_id, index) => {
      const madeAt = nowMs - dice.whole(20, 400) * DAY_MS
      const amount = `${dice.whole(20, 480)}.${String(dice.whole(0, 99)).padStart(2, '0')}`
      return { id: index + 1, user_id, currency_code: 'INR', amount, created_at: madeAt, updated_at: madeAt }
    })
}

function makeTickets(customers: number, nowMs: number, dice: Dice): { tickets: TicketRow[]; ticketMessages: TicketMessageRow[] } {
  const tickets: TicketRow[] = []
  const ticketMessages: TicketMessageRow[] = []
  for (const [index, { subject, messages }] of TICKETS.entries()) {
    const id = index + 1
    const user_id = dice.whole(Math.min(2, customers), customers)
    const openedAt = nowMs - (TICKETS.length - index) * DAY_MS * 0.6
    const written = messages.map((message, place) => ({ message, at: openedAt + place * 3_600_000 }))
    for (const [place, { message, at }] of written.entries()) {
      const author = place % 2 === 0 ? user_id : SHOPKEEPER
      ticketMessages.push({ id: ticketMessages.length + 1, ticket_id: id, user_id: author, message, created_at: at, updated_at: at })
    }
    tickets.push({
      id,
      user_id,
      subject,
      status: messages.length === 1 ? 'open' : messages.length === 2 ? 'replied' : 'closed',
      priority: dice.pick(['low', 'medium', 'high'] as const),
      assigned_to: null,
      department: null,
      created_at: openedAt,
      updated_at: written.at(-1)?.at ?? openedAt,
    })
  }
  return { tickets, ticketMessages }
}
