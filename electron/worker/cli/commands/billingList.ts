// `billing list …`: the mirror's rows, offline.
import type { Argument, Command } from 'commander'
import type { Client } from '../../../../shared/contract/client.ts'
import type { MethodInput } from '../../../../shared/contract/index.ts'
import { type Exit, perform } from '../exit.ts'
import { tell, type Result } from '../session.ts'
import { type Cell, table } from '../terminalText.ts'
import { isoOf, moneyText, timeText } from '../values.ts'

const wholeList = 200_000
const none = 'Nothing here. `billing sync` reads Paymenter; `billing status` says how old the mirror is.'

const lists = ['customers', 'products', 'plans', 'services', 'invoices', 'tickets'] as const
type ListName = (typeof lists)[number]
type Query = MethodInput<'billing.customers'>
type Listing = (client: Client, query: Query) => Promise<Result>

/** One list: where its rows come from, its heads, and each row as JSON and as cells. */
function listing<Row>(
  read: (client: Client, query: Query) => Promise<{ rows: Row[]; missing: { message: string } | null }>,
  heads: readonly string[],
  show: { readonly json: (row: Row) => unknown; readonly cells: (row: Row) => readonly Cell[] },
): Listing {
  return async (client, query) => {
    const { rows, missing } = await read(client, query)
    // An empty list would look like none of them existing.
    if (missing !== null) tell(missing.message)
    return { json: rows.map(show.json), text: table(heads, rows.map(show.cells), none) }
  }
}

const listings: { readonly [L in ListName]: Listing } = {
  customers: listing((client, query) => client.call('billing.customers', query), ['id', 'name', 'email', 'services', 'owed'], {
    json: ({ id, firstName, lastName, email }) => ({ id, firstName, lastName, email }),
    cells: (row) => [
      row.id,
      [row.firstName, row.lastName].filter(Boolean).join(' '),
      row.email,
      row.services,
      row.owed.map(moneyText).join(', '),
    ],
  }),
  products: listing((client, query) => client.call('billing.products', query), ['id', 'name', 'slug', 'hidden', 'services'], {
    json: ({ id, name, slug, hidden }) => ({ id, name, slug, hidden }),
    cells: (row) => [row.id, row.name, row.slug, row.hidden ? 'yes' : 'no', row.services],
  }),
  plans: listing((client, query) => client.call('billing.plans', query), ['id', 'product', 'name', 'type', 'period', 'prices'], {
    json: ({ id, productId, name, type, period, unit, prices }) => ({ id, productId, name, type, period, unit, prices }),
    cells: (row) => [
      row.id,
      row.productName ?? row.productId,
      row.name,
      row.type,
      row.period === null ? null : `${row.period} ${row.unit ?? ''}`,
      row.prices.map(({ amountMinor, currency }) => moneyText({ amountMinor, currency })).join(', '),
    ],
  }),
  services: listing(
    (client, query) => client.call('billing.services', query),
    ['id', 'customer', 'product', 'status', 'price', 'qty', 'expires', 'vm'],
    {
      json: ({ id, customerId, productId, status, price, quantity, expiresAt, vm }) => ({
        id,
        customerId,
        productId,
        status,
        price,
        quantity,
        expiresAt,
        vm,
      }),
      cells: (row) => [row.id, row.customerName, row.productName, row.status, moneyText(row.price), row.quantity, row.expiresAt, row.vm],
    },
  ),
  invoices: listing(
    (client, query) => client.call('billing.invoices', query),
    ['id', 'customer', 'status', 'total', 'due', 'paid', 'services'],
    {
      json: ({ id, customerId, status, total, dueAt, paidAt, items }) => ({
        id,
        customerId,
        status,
        total,
        dueAt,
        paidAt: isoOf(paidAt),
        items: items.map((item) => ({ id: item.id, serviceId: item.serviceId, price: item.price, quantity: item.quantity })),
      }),
      cells: (row) => [
        row.id,
        row.customerName,
        row.status,
        moneyText(row.total),
        row.dueAt,
        row.paidAt === null ? null : new Date(row.paidAt).toISOString().slice(0, 10),
        row.items.flatMap((item) => item.serviceId ?? []).join(', '),
      ],
    },
  ),
  tickets: listing((client, query) => client.call('billing.tickets', query), ['id', 'customer', 'subject', 'status', 'priority', 'updated'], {
    json: ({ id, customerId, subject, status, priority, updatedAt }) => ({ id, customerId, subject, status, priority, updatedAt: isoOf(updatedAt) }),
    cells: (row) => [row.id, row.customerName ?? row.customerId, row.subject, row.status, row.priority, timeText(row.updatedAt)],
  }),
}

interface ListOptions {
  readonly filter?: string
  readonly gone?: boolean
}

export function addBillingList(billing: Command, exit: Exit, which: Argument): void {
  const command = billing
    .command('list')
    .description('the mirror’s rows, offline')
    .addArgument(which.choices(lists))
    .option('--filter <text>', 'words that must occur; `status:pending` looks at one field')
    .option('--gone', 'also what is gone from Paymenter')
  command.action((list: ListName, options: ListOptions) => {
    const query = { limit: wholeList, gone: options.gone === true, ...(options.filter === undefined ? {} : { filter: options.filter }) }
    return perform(command, exit, ({ client }) => listings[list](client, query))
  })
}
