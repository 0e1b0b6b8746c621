// Every table of the one SQLite file. Instants are UTC milliseconds, days `YYYY-MM-DD`, money minor units with a currency beside it.
import { sql } from 'drizzle-orm'
import { blob, check, foreignKey, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { FailureBody } from '../shared/domain/failure.ts'
import type {
  CategoryId,
  CreditId,
  CustomerId,
  IntentId,
  InvoiceId,
  InvoiceItemId,
  NodeId,
  OrderId,
  PlanId,
  ProductId,
  ServiceId,
  TicketId,
  TicketMessageId,
  VmUuid,
} from '../shared/domain/ids.ts'
import type { Day } from '../shared/domain/calendar.ts'

const boolean = (name: string) => integer(name, { mode: 'boolean' })
const json = <T>(name: string) => text(name, { mode: 'json' }).$type<T>()

/** Small values of the installation: its id, the billing connection, the demo mark. Never a secret. */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: json<unknown>('value').notNull(),
})

// ── nodes and VMs, as last observed ──────────────────────────────────────────────────────────────────────────────

/** How a node is reached when it is not simply asked for. Never a secret: a key file's passphrase is in the keychain. */
export interface StoredRoute {
  /** SHA-256 of the one certificate that is accepted, in hex with colons; null: the system's authorities decide. */
  readonly certificateFingerprint: string | null
  readonly tunnel: {
    readonly host: string
    readonly port: number
    readonly user: string
    /** `SHA256:…` of the only host key that is accepted. */
    readonly hostKeyFingerprint: string
    /** The kind of that key, so that the server is asked for it and for no other. */
    readonly hostKeyType: string
    readonly auth: { readonly kind: 'agent' } | { readonly kind: 'key-file'; readonly path: string }
  } | null
}

export interface StoredCertificate {
  readonly fingerprint: string
  readonly subject: string
  readonly issuer: string
  readonly names: string[]
  /** UTC milliseconds. */
  readonly validFrom: number
  readonly validTo: number
}

export interface StoredChange {
  readonly kind: 'certificate' | 'host-key' | 'host'
  /** What was trusted and what was met instead, in words or as a fingerprint. */
  readonly known: string
  readonly seen: string
  readonly seenAt: number
  readonly certificate?: StoredCertificate | undefined
  readonly hostKeyType?: string | undefined
}

export const nodes = sqliteTable('nodes', {
  id: text('id').$type<NodeId>().primaryKey(),
  name: text('name').notNull().unique(),
  url: text('url').notNull(),
  /** What the machine called itself when it was enrolled: another name later means another machine, or a new installation. */
  hostname: text('hostname'),
  maintenance: boolean('maintenance').notNull().default(false),
  createdAt: integer('created_at').notNull(),
  state: text('state').notNull(),
  problem: json<FailureBody | null>('problem'),
  findings: json<(FailureBody & { severity: 'info' | 'warning' | 'danger' })[]>('findings').notNull(),
  lastSeenAt: integer('last_seen_at'),
  checkedAt: integer('checked_at'),
  capacity: json<Record<string, string | number>>('capacity'),
  /** How it is reached; null: directly, and where it is HTTPS the system's own authorities vouch for it. */
  route: json<StoredRoute>('route'),
  /** The certificate that the last connection was made with. */
  certificate: json<StoredCertificate>('certificate'),
  /** What is not as it was when it was last trusted: nothing is sent there until the operator has decided. */
  change: json<StoredChange>('change'),
  exposureCheckedAt: integer('exposure_checked_at'),
  note: text('note').notNull().default(''),
  tags: json<string[]>('tags').notNull().default([]),
  location: text('location').notNull().default(''),
})

export const vms = sqliteTable(
  'vms',
  {
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    name: text('name').notNull(),
    state: text('state').notNull(),
    memoryKiB: integer('memory_kib').notNull(),
    vcpus: integer('vcpus').notNull(),
    cpuPercent: real('cpu_percent'),
    cpuTimeSeconds: integer('cpu_time_seconds').notNull(),
    ipAddresses: json<string[]>('ip_addresses').notNull(),
    firstSeenAt: integer('first_seen_at').notNull(),
    observedAt: integer('observed_at').notNull(),
    /** Since when every look found it off; null when it is not off. */
    offSince: integer('off_since'),
    /** Its own look-up on a healthy node answered that it does not exist. */
    goneAt: integer('gone_at'),
  },
  (table) => [primaryKey({ columns: [table.nodeId, table.uuid] }), index('vms_by_name').on(table.name), index('vms_by_uuid').on(table.uuid)],
)

// ── the mirror of Paymenter ──────────────────────────────────────────────────────────────────────────────────────
// `raw` is the row as it was sent (attributes and relationships); `goneAt` is set when the row's own URL answered 404.

const mirrored = {
  raw: json<unknown>('raw').notNull(),
  createdAt: integer('created_at'),
  updatedAt: integer('updated_at'),
  firstSeenAt: integer('first_seen_at').notNull(),
  readAt: integer('read_at').notNull(),
  goneAt: integer('gone_at'),
}

export const customers = sqliteTable('customers', {
  id: integer('id').$type<CustomerId>().primaryKey(),
  firstName: text('first_name'),
  lastName: text('last_name'),
  email: text('email').notNull(),
  ...mirrored,
})

export const products = sqliteTable('products', {
  id: integer('id').$type<ProductId>().primaryKey(),
  name: text('name').notNull(),
  slug: text('slug').notNull(),
  hidden: boolean('hidden').notNull(),
  /** Null when it could not be included. */
  categoryId: integer('category_id').$type<CategoryId>(),
  ...mirrored,
})

/** As they came along with products. */
export const categories = sqliteTable('categories', {
  id: integer('id').$type<CategoryId>().primaryKey(),
  name: text('name').notNull(),
  parentId: integer('parent_id').$type<CategoryId>(),
  ...mirrored,
})

export const plans = sqliteTable(
  'plans',
  {
    id: integer('id').$type<PlanId>().primaryKey(),
    productId: integer('product_id').$type<ProductId>().notNull(),
    name: text('name'),
    type: text('type').notNull(),
    billingPeriod: integer('billing_period'),
    billingUnit: text('billing_unit'),
    /** Amounts are null where what was sent is not an amount of its currency. */
    prices: json<{ id: number; currency: string; amountMinor: number | null; setupFeeMinor: number | null }[]>('prices').notNull(),
    ...mirrored,
  },
  (table) => [index('plans_by_product').on(table.productId)],
)

export const services = sqliteTable(
  'services',
  {
    id: integer('id').$type<ServiceId>().primaryKey(),
    customerId: integer('customer_id').$type<CustomerId>(),
    productId: integer('product_id').$type<ProductId>(),
    status: text('status').notNull(),
    currency: text('currency').notNull(),
    /** Price of one; null when what was sent is not an amount of its currency. */
    priceMinor: integer('price_minor'),
    quantity: integer('quantity').notNull(),
    expiresOn: text('expires_on').$type<Day>(),
    /** False: an expiry was sent that is not the start of a day in Paymenter's zone. */
    expiryReadable: boolean('expiry_readable').notNull(),
    properties: json<Record<string, string>>('properties').notNull(),
    ...mirrored,
  },
  (table) => [index('services_by_customer').on(table.customerId), index('services_by_status').on(table.status)],
)

/** A row for each change of a service's status or expiry that was read, oldest first by id. */
export const serviceHistory = sqliteTable(
  'service_history',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    readAt: integer('read_at').notNull(),
    /** When the service was read before this; null for its first read. */
    previousReadAt: integer('previous_read_at'),
    /** The day of `readAt` in Paymenter's zone. */
    readOn: text('read_on').$type<Day>().notNull(),
    status: text('status').notNull(),
    expiresOn: text('expires_on').$type<Day>(),
    expiryReadable: boolean('expiry_readable').notNull(),
  },
  (table) => [index('service_history_by_service').on(table.serviceId, table.id)],
)

/** What this console wrote to Paymenter: never evidence for a decision. */
export const billingWrites = sqliteTable(
  'billing_writes',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    at: integer('at').notNull(),
    field: text('field').notNull(),
    value: text('value').notNull(),
  },
  (table) => [index('billing_writes_by_service').on(table.serviceId, table.at)],
)

export const invoices = sqliteTable(
  'invoices',
  {
    id: integer('id').$type<InvoiceId>().primaryKey(),
    customerId: integer('customer_id').$type<CustomerId>(),
    status: text('status').notNull(),
    currency: text('currency').notNull(),
    dueOn: text('due_on').$type<Day>(),
    dueReadable: boolean('due_readable').notNull(),
    /** `created_at` as a day in Paymenter's zone. */
    createdOn: text('created_on').$type<Day>(),
    /** When it was first seen paid; bounded above by the row's own `updatedAt` at that time. */
    paidAt: integer('paid_at'),
    /** The first `paidAt` it ever had: kept when it goes back to pending, for a second payment would renew its services once more. */
    oncePaidAt: integer('once_paid_at'),
    ...mirrored,
  },
  (table) => [
    index('invoices_by_customer').on(table.customerId),
    index('invoices_by_status').on(table.status, table.dueOn),
    index('invoices_by_due').on(table.dueOn, table.id).where(sql`${table.goneAt} is null`),
  ],
)

export const invoiceItems = sqliteTable(
  'invoice_items',
  {
    id: integer('id').$type<InvoiceItemId>().primaryKey(),
    invoiceId: integer('invoice_id').$type<InvoiceId>().notNull(),
    /** Set only when the item refers to a service. */
    serviceId: integer('service_id').$type<ServiceId>(),
    description: text('description').notNull(),
    priceMinor: integer('price_minor'),
    quantity: integer('quantity').notNull(),
    ...mirrored,
  },
  (table) => [
    foreignKey({ columns: [table.invoiceId], foreignColumns: [invoices.id] }).onDelete('cascade'),
    index('invoice_items_by_invoice').on(table.invoiceId),
    index('invoice_items_by_service').on(table.serviceId),
  ],
)

export const orders = sqliteTable(
  'orders',
  {
    id: integer('id').$type<OrderId>().primaryKey(),
    customerId: integer('customer_id').$type<CustomerId>(),
    currency: text('currency').notNull(),
    /** What was ordered. */
    serviceIds: json<ServiceId[]>('service_ids').notNull(),
    ...mirrored,
  },
  (table) => [index('orders_by_customer').on(table.customerId)],
)

/** What a customer has in advance, one row a currency. */
export const credits = sqliteTable(
  'credits',
  {
    id: integer('id').$type<CreditId>().primaryKey(),
    customerId: integer('customer_id').$type<CustomerId>(),
    currency: text('currency').notNull(),
    /** Null when what was sent is not an amount of its currency. */
    amountMinor: integer('amount_minor'),
    ...mirrored,
  },
  (table) => [index('credits_by_customer').on(table.customerId)],
)

export const tickets = sqliteTable(
  'tickets',
  {
    id: integer('id').$type<TicketId>().primaryKey(),
    customerId: integer('customer_id').$type<CustomerId>(),
    subject: text('subject').notNull(),
    status: text('status').notNull(),
    priority: text('priority').notNull(),
    department: text('department'),
    /** Paymenter's number of the member of staff. */
    assignedTo: integer('assigned_to'),
    ...mirrored,
  },
  (table) => [index('tickets_by_customer').on(table.customerId), index('tickets_by_status').on(table.status, table.updatedAt)],
)

export const ticketMessages = sqliteTable(
  'ticket_messages',
  {
    id: integer('id').$type<TicketMessageId>().primaryKey(),
    ticketId: integer('ticket_id').$type<TicketId>(),
    /** Who wrote it: the ticket's customer, or a member of staff. */
    authorId: integer('author_id').$type<CustomerId>(),
    message: text('message').notNull(),
    ...mirrored,
  },
  (table) => [index('ticket_messages_by_ticket').on(table.ticketId, table.id)],
)

/** How far a full pass has come, list by list, so that one that was interrupted goes on. Empty when none is open. */
export const mirrorPasses = sqliteTable('mirror_passes', {
  resource: text('resource').primaryKey(),
  /** When the pass as a whole began, and this list of it. */
  passStartedAt: integer('pass_started_at').notNull(),
  startedAt: integer('started_at').notNull(),
  perPage: integer('per_page').notNull(),
  /** The last page that was stored. */
  page: integer('page').notNull(),
  /** The last row of that page: its id, and its place in the list from 1. */
  lastId: integer('last_id').notNull(),
  lastPlace: integer('last_place').notNull(),
  /** Entries that were read before that page; of a list that is done, all. */
  entries: integer('entries').notNull(),
  /** The newest `updated_at` (or id) that was met. */
  newest: integer('newest').notNull(),
  /** Rows that were known when the list began. */
  knownBefore: integer('known_before').notNull(),
  /** Known rows that the pages so far left out: they are asked for by their own addresses at the end. */
  omitted: json<number[]>('omitted').notNull(),
  /** The list was read to its end. */
  isDone: boolean('is_done').notNull(),
})

/** What the operator changed in Paymenter from here: written before it is sent, with what was seen of it afterwards. */
export const billingActs = sqliteTable(
  'billing_acts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: integer('at').notNull(),
    kind: text('kind', {
      enum: ['invoice-due', 'invoice-paid', 'service-status', 'service-expiry', 'credit', 'ticket-status', 'ticket-priority', 'ticket-reply'],
    }).notNull(),
    /** The row that is changed; the ticket of a reply; null for a credit that is made. */
    rowId: integer('row_id'),
    customerId: integer('customer_id').$type<CustomerId>(),
    before: json<unknown>('before').notNull(),
    after: json<unknown>('after').notNull(),
    /** `refused`: certainly not done. `unknown`: it may or may not have been done. */
    state: text('state', { enum: ['sending', 'seen', 'refused', 'unknown'] }).notNull(),
    error: json<FailureBody | null>('error'),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    index('billing_acts_by_row').on(table.kind, table.rowId),
    index('billing_acts_by_customer').on(table.customerId, table.at),
    uniqueIndex('billing_acts_paid_once')
      .on(table.rowId)
      .where(sql`${table.kind} = 'invoice-paid' and ${table.state} <> 'refused'`),
  ],
)

export const syncRuns = sqliteTable(
  'sync_runs',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    kind: text('kind', { enum: ['full', 'incremental'] }).notNull(),
    startedAt: integer('started_at').notNull(),
    finishedAt: integer('finished_at'),
    /** Services and invoices were both read to their end. */
    complete: boolean('complete').notNull().default(false),
    /** The server's `Date` minus this machine's clock, in milliseconds. */
    clockOffsetMs: integer('clock_offset_ms'),
    /** Per resource: how many rows the pass met, and how many were known before and not gone. */
    counts: json<Record<string, { met: number; knownBefore: number }>>('counts').notNull(),
    result: json<unknown>('result'),
  },
  (table) => [index('sync_runs_by_start').on(table.startedAt)],
)

/** Where the incremental reading of a resource stands: the newest `updated_at` (or id) that was stored. */
export const watermarks = sqliteTable('watermarks', {
  resource: text('resource').primaryKey(),
  value: integer('value').notNull(),
})

// ── the daily record of services, from which revenue is computed ─────────────────────────────────────────────────

/** The days on which the record was written: every service's state at the end of that day is then known. */
export const recordDays = sqliteTable('record_days', {
  day: text('day').$type<Day>().primaryKey(),
  recordedAt: integer('recorded_at').notNull(),
})

/** A service's state from a recorded day on, one row for each change: it holds for every recorded day until the service's next row. */
export const serviceDays = sqliteTable(
  'service_days',
  {
    day: text('day').$type<Day>().notNull(),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    /** Paymenter's word, or `gone`. */
    status: text('status').notNull(),
    priceMinor: integer('price_minor'),
    currency: text('currency').notNull(),
    quantity: integer('quantity').notNull(),
    productId: integer('product_id').$type<ProductId>(),
    customerId: integer('customer_id').$type<CustomerId>(),
    /** Null when it could not be told then how the service is paid. */
    kind: text('kind', { enum: ['recurring', 'one-time', 'free'] }),
    periodCount: integer('period_count'),
    periodUnit: text('period_unit', { enum: ['hour', 'day', 'week', 'month', 'year'] }),
  },
  (table) => [primaryKey({ columns: [table.day, table.serviceId] }), index('service_days_by_service').on(table.serviceId, table.day)],
)

/** What a node costs in a month, as the operator entered it. */
export const nodeCosts = sqliteTable('node_costs', {
  nodeId: text('node_id').$type<NodeId>().primaryKey().references(() => nodes.id, { onDelete: 'cascade' }),
  amountMinor: integer('amount_minor').notNull(),
  currency: text('currency').notNull(),
})

// ── links, policy, holds ─────────────────────────────────────────────────────────────────────────────────────────

/** Confirmed links: one VM, one service. */
export const links = sqliteTable(
  'links',
  {
    serviceId: integer('service_id').$type<ServiceId>().primaryKey(),
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    vmName: text('vm_name').notNull(),
    reason: text('reason').notNull(),
    confirmedAt: integer('confirmed_at').notNull(),
  },
  (table) => [uniqueIndex('links_by_vm').on(table.nodeId, table.uuid)],
)

/** Each saved policy is a new version; the newest is in force. Values as typed (`on`, `3`, `auto`). */
export const policies = sqliteTable('policies', {
  version: integer('version').primaryKey({ autoIncrement: true }),
  values: json<Record<string, string>>('values').notNull(),
  overrides: json<{ productId: number | null; customerId: number | null; values: Record<string, string> }[]>('overrides').notNull(),
  createdAt: integer('created_at').notNull(),
})

export const holds = sqliteTable('holds', {
  serviceId: integer('service_id').$type<ServiceId>().primaryKey(),
  kind: text('kind', { enum: ['no-stop', 'no-start'] }).notNull(),
  /** The last day on which it holds; null: until removed. */
  until: text('until').$type<Day>(),
  why: text('why').notNull(),
  by: text('by').notNull(),
  createdAt: integer('created_at').notNull(),
})

// ── acting ───────────────────────────────────────────────────────────────────────────────────────────────────────

export const intents = sqliteTable(
  'intents',
  {
    id: text('id').$type<IntentId>().primaryKey(),
    kind: text('kind', { enum: ['suspend', 'unsuspend', 'terminate', 'purge'] }).notNull(),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    nodeId: text('node_id').$type<NodeId>().notNull(),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    vmName: text('vm_name').notNull(),
    state: text('state', { enum: ['planned', 'approved', 'executing', 'verifying', 'done', 'failed', 'cancelled'] }).notNull(),
    /** The step that is about to be taken, or was being taken when the worker died. */
    step: text('step').notNull(),
    reason: text('reason').notNull(),
    evidence: json<Record<string, unknown>>('evidence').notNull(),
    policyVersion: integer('policy_version').notNull(),
    /** Must wait for the operator whatever the mode. */
    needsApproval: boolean('needs_approval').notNull(),
    approvedBy: text('approved_by'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: integer('next_attempt_at'),
    /** When the current wait (for a guest to stop or to start) began; null between waits. */
    waitingSince: integer('waiting_since'),
    error: json<FailureBody | null>('error'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    uniqueIndex('intents_one_open')
      .on(table.serviceId)
      .where(sql`${table.state} in ('planned', 'approved', 'executing', 'verifying')`),
    index('intents_by_state').on(table.state, table.createdAt),
  ],
)

/** A suspension covers its VM from before its stop is sent until it is given back. */
export const suspensions = sqliteTable(
  'suspensions',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    nodeId: text('node_id').$type<NodeId>().notNull(),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    cause: text('cause', { enum: ['overdue', 'by-hand', 'trial-ended', 'ended', 'operator', 'before-console'] }).notNull(),
    /** The invoices whose payment ends it. */
    invoiceIds: json<InvoiceId[]>('invoice_ids').notNull(),
    startedAt: integer('started_at').notNull(),
    /** When a stop was sent; null when the VM was already off. */
    stopSentAt: integer('stop_sent_at'),
    /** When the VM was seen off; null while that has not been seen. */
    verifiedAt: integer('verified_at'),
    endedAt: integer('ended_at'),
    endedBy: text('ended_by'),
  },
  (table) => [
    uniqueIndex('suspensions_one_open').on(table.serviceId).where(sql`${table.endedAt} is null`),
    index('suspensions_by_vm').on(table.nodeId, table.uuid),
  ],
)

/** What is kept of a terminated VM: enough to explain it for ever, and to restore it until it is purged. */
export const vault = sqliteTable(
  'vault',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    nodeId: text('node_id').$type<NodeId>().notNull(),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    vmName: text('vm_name').notNull(),
    terminatedAt: integer('terminated_at').notNull(),
    /** The first day, in Paymenter's zone, on which it may be purged. */
    purgeOn: text('purge_on').$type<Day>().notNull(),
    snapshotName: text('snapshot_name').notNull(),
    /** The VM as its node described it: XML, disks, interfaces. */
    definition: json<unknown>('definition').notNull(),
    /** Its service, invoices, holds and timeline at that time. */
    record: json<unknown>('record').notNull(),
    restoredAt: integer('restored_at'),
    purgedAt: integer('purged_at'),
    leftovers: json<unknown[]>('leftovers'),
  },
  (table) => [
    uniqueIndex('vault_one_open').on(table.serviceId).where(sql`${table.restoredAt} is null and ${table.purgedAt} is null`),
    index('vault_by_vm').on(table.nodeId, table.uuid),
  ],
)

/** Guards that hold now. `nodeId` is empty for guards that hold everything. */
export const guards = sqliteTable(
  'guards',
  {
    code: text('code').notNull(),
    nodeId: text('node_id').notNull().default(''),
    since: integer('since').notNull(),
    reason: text('reason').notNull(),
    figures: json<Record<string, string | number>>('figures').notNull(),
    /** The services that it held when it was shown: what a release is for. */
    batch: json<number[]>('batch').notNull(),
  },
  (table) => [primaryKey({ columns: [table.code, table.nodeId] })],
)

/** A release holds for the batch that it was shown with, until `expiresAt`. */
export const guardReleases = sqliteTable('guard_releases', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  code: text('code').notNull(),
  nodeId: text('node_id').notNull().default(''),
  batch: json<number[]>('batch').notNull(),
  by: text('by').notNull(),
  why: text('why').notNull(),
  at: integer('at').notNull(),
  expiresAt: integer('expires_at').notNull(),
})

export const automationRuns = sqliteTable('automation_runs', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  startedAt: integer('started_at').notNull(),
  finishedAt: integer('finished_at'),
  result: json<unknown>('result'),
})

/** Append-only, each row's hash over its content and the hash before it. */
export const audit = sqliteTable(
  'audit',
  {
    seq: integer('seq').primaryKey(),
    at: integer('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    serviceId: integer('service_id').$type<ServiceId>(),
    nodeId: text('node_id').$type<NodeId>(),
    uuid: text('uuid').$type<VmUuid>(),
    vmName: text('vm_name'),
    why: text('why').notNull(),
    /** Canonical JSON text: what the hash was computed over, byte for byte. */
    detail: text('detail').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [
    index('audit_by_service').on(table.serviceId, table.seq),
    index('audit_by_vm').on(table.nodeId, table.uuid, table.seq),
    check('audit_hash_length', sql`length(${table.hash}) = 64`),
  ],
)

// ── notices ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What customers are told: one row per event and channel, written in the transaction of the event, sent later by a loop of its own. */
export const notices = sqliteTable(
  'notices',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    kind: text('kind', {
      enum: ['before-suspension', 'suspended', 'given-back', 'before-termination', 'terminated', 'before-purge', 'purged'],
    }).notNull(),
    channel: text('channel', { enum: ['mail', 'ticket'] }).notNull(),
    /** Names the event: the same event is never told twice on one channel. */
    eventKey: text('event_key').notNull(),
    serviceId: integer('service_id').$type<ServiceId>().notNull(),
    customerId: integer('customer_id').$type<CustomerId>(),
    intentId: text('intent_id').$type<IntentId>(),
    /** The suspension that it tells of; null for one that only warns. */
    suspensionId: integer('suspension_id'),
    /** The invoices that it names, and the day that it warns of. */
    invoiceIds: json<InvoiceId[]>('invoice_ids').notNull(),
    suspendsOn: text('suspends_on').$type<Day>(),
    /** Why, in words for the customer. */
    reason: text('reason').notNull(),
    /** `uncertain`: it may or may not have gone out, so it is shown and not sent again by itself. `withdrawn`: it was no longer true. */
    state: text('state', { enum: ['queued', 'sending', 'sent', 'failed', 'uncertain', 'withdrawn'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: integer('next_attempt_at'),
    error: json<FailureBody | null>('error'),
    /** To whom, and with which subject, it was sent. */
    recipient: text('recipient'),
    subject: text('subject'),
    /** The Message-ID, or the ticket's id: what it is known by at the other end. */
    reference: text('reference'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    sentAt: integer('sent_at'),
  },
  (table) => [
    uniqueIndex('notices_once').on(table.eventKey, table.channel),
    index('notices_by_state').on(table.state, table.nextAttemptAt),
    index('notices_by_service').on(table.serviceId, table.id),
  ],
)

/** Findings that the operator has answered: they are not shown again. */
export const answeredFindings = sqliteTable('answered_findings', {
  key: text('key').primaryKey(),
  by: text('by').notNull(),
  at: integer('at').notNull(),
})

// ── what the operator keeps about VMs, and what nodes did ────────────────────────────────────────────────────────

/** Notes, tags and protection of a VM: kept here, for Flint has none. They outlive the VM's being away. */
export const vmMarks = sqliteTable(
  'vm_marks',
  {
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    uuid: text('uuid').$type<VmUuid>().notNull(),
    note: text('note').notNull().default(''),
    tags: json<string[]>('tags').notNull(),
    /** A protected VM is neither deleted nor reinstalled by hand. */
    isProtected: boolean('is_protected').notNull().default(false),
    /** The image that this console made it from; null where it did not. */
    builtFrom: text('built_from'),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.nodeId, table.uuid] })],
)

/** Reinstallations: written before each step, so that a crash in between is picked up. Never a password. */
export const reinstalls = sqliteTable(
  'reinstalls',
  {
    id: text('id').primaryKey(),
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    oldUuid: text('old_uuid').$type<VmUuid>().notNull(),
    newUuid: text('new_uuid').$type<VmUuid>(),
    vmName: text('vm_name').notNull(),
    step: text('step', { enum: ['deleting', 'creating', 'moving', 'done', 'given-up'] }).notNull(),
    wanted: json<unknown>('wanted').notNull(),
    error: json<FailureBody | null>('error'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('reinstalls_one_open')
      .on(table.nodeId, table.vmName)
      .where(sql`${table.step} in ('deleting', 'creating', 'moving')`),
  ],
)

/** What nodes said that they did, kept before they forget it. */
export const nodeEvents = sqliteTable(
  'node_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    eventId: text('event_id').notNull(),
    /** By the node's clock. */
    at: integer('at').notNull(),
    action: text('action').notNull(),
    target: text('target').notNull(),
    status: text('status').notNull(),
    message: text('message').notNull(),
    /** When this console first read it. */
    readAt: integer('read_at').notNull(),
  },
  (table) => [
    uniqueIndex('node_events_by_event').on(table.nodeId, table.eventId),
    index('node_events_by_time').on(table.at, table.id),
    index('node_events_by_target').on(table.nodeId, table.target, table.at),
  ],
)

// ── what the operator keeps about products ───────────────────────────────────────────────────────────────────────

/** What machine a product stands for: Paymenter does not know. Kept here only. */
export const productSpecs = sqliteTable('product_specs', {
  productId: integer('product_id').$type<ProductId>().primaryKey(),
  vcpus: integer('vcpus').notNull(),
  /** Sold as a part of a vCPU: the machine has whole ones, shared with others. */
  isCpuShared: boolean('is_cpu_shared').notNull(),
  memoryMiB: integer('memory_mib').notNull(),
  diskGiB: integer('disk_gib').notNull(),
  /** Per month; null: not limited. */
  bandwidthGB: integer('bandwidth_gb'),
  /** Names of images that may be chosen; null: every image. */
  images: json<string[] | null>('images'),
  /** Null: not limited. */
  snapshotsKept: integer('snapshots_kept'),
  backups: text('backups', { enum: ['none', 'weekly', 'daily'] }).notNull(),
  /** Null: no trial. */
  trialDays: integer('trial_days'),
  updatedAt: integer('updated_at').notNull(),
})

// ── capacity over time ───────────────────────────────────────────────────────────────────────────────────────────

/** Whose samples they are: a node (`uuid` is empty) or one of its VMs. Its rows move with a VM that is made again. */
export const sampleSeries = sqliteTable(
  'sample_series',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    uuid: text('uuid').notNull(),
    /** What lies before this instant was made up for a demonstration; null: all of it was seen. */
    simulatedUntil: integer('simulated_until'),
  },
  (table) => [uniqueIndex('sample_series_of').on(table.nodeId, table.uuid)],
)

/** One minute of one series, kept for a day. By minute, so that a minute of the whole fleet is written side by side (without rowid). */
export const sampleMinutes = sqliteTable(
  'sample_minutes',
  {
    /** Minutes since 1970, UTC. */
    minute: integer('minute').notNull(),
    seriesId: integer('series_id').notNull(),
    /** One bit for each five seconds of which a sample was taken: the same one never counts twice. */
    slots: integer('slots').notNull(),
    points: blob('points', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.seriesId] })],
)

/** Many points of one series at one level, packed: quarters of an hour of a day, hours of ten days, days of a year. */
export const sampleBlocks = sqliteTable(
  'sample_blocks',
  {
    seriesId: integer('series_id').notNull().references(() => sampleSeries.id, { onDelete: 'cascade' }),
    /** 1 quarters, 2 hours, 3 days. */
    level: integer('level').notNull(),
    /** The block's number since 1970. */
    block: integer('block').notNull(),
    points: blob('points', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.seriesId, table.level, table.block] })],
)

/** Thresholds that are exceeded now: raised when held for a while, gone when well below again. */
export const capacityAlerts = sqliteTable(
  'capacity_alerts',
  {
    nodeId: text('node_id').$type<NodeId>().notNull().references(() => nodes.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['cpu', 'memory', 'committed', 'disk', 'full'] }).notNull(),
    since: integer('since').notNull(),
    value: real('value').notNull(),
    limit: real('limit').notNull(),
  },
  (table) => [primaryKey({ columns: [table.nodeId, table.kind] })],
)
