// Changes in Paymenter by hand: said before, compared with what is there, recorded, sent once, read back, and never twice for a payment.
import { expect, test } from 'vitest'
import { Audit } from '../../electron/worker/audit/audit.ts'
import { billingWriteHandlers } from '../../electron/worker/billing/writeHandlers.ts'
import { methods } from '../../shared/contract/index.ts'
import { BillingWorld, dayMs, failureOf, minuteMs } from '../helpers/billingWorld.ts'
import { Gateway } from '../helpers/gateway.ts'

async function shop(size = 2): Promise<{ world: BillingWorld; writes: ReturnType<typeof billingWriteHandlers>; staffId: number; ticketId: number }> {
  const world = await BillingWorld.withShop({ customers: size })
  const support = world.addSupport()
  await world.connect()
  await world.sync()
  world.clock.advance(minuteMs)
  return { world, writes: writesOf(world), ...support }
}

const writesOf = (world: BillingWorld) => billingWriteHandlers(world.context, world.billing, new Audit(world.context))
/** What a rejected or thrown call failed with. */
const refusal = async (work: () => unknown) => failureOf((async () => work())())
const writesSent = (world: BillingWorld): string[] => world.paymenter.requests.filter(({ method }) => method === 'PUT' || method === 'POST').map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`)
const acts = (world: BillingWorld): unknown[] => world.all('select kind, row_id, state from billing_acts order by id')
const audited = (world: BillingWorld): unknown[] => world.all('select action, why from audit order by seq')

/** Sends through a gateway from here on, and forgets what was sent before. */
async function through(world: BillingWorld): Promise<Gateway> {
  const gateway = await Gateway.open(world.paymenter.url)
  await world.billing.connect({ url: gateway.url, token: world.paymenter.tokens.full })
  gateway.requests.length = 0
  return gateway
}

// ── payment ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a payment says first what it renews and from which day to which, then is sent, and shows', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.requests.length = 0
  const preview = await writes['billing.previewPayment']({ invoiceId: 1 })
  expect(methods['billing.previewPayment'].output.parse(preview)).toEqual(preview)
  expect(preview).toMatchObject({
    refused: null,
    invoice: { id: 1, status: 'pending', total: { amountMinor: 49_900, currency: 'INR' } },
    renewals: [{ serviceId: 1, productName: 'Starter VPS', status: 'active', expiresAt: '2026-12-07', from: '2026-12-07', to: '2027-01-07', note: null }],
  })
  expect(writesSent(world)).toEqual([])
  const paid = await writes['billing.markPaid']({ invoiceId: 1, token: preview.token, why: 'cash in hand' })
  expect(methods['billing.markPaid'].output.parse(paid)).toEqual(paid)
  expect(paid).toMatchObject({ invoice: { status: 'paid' }, services: [{ id: 1, status: 'active', expiresAt: preview.renewals[0]?.to }] })
  expect(world.paymenter.service(1)?.expires_at).toBe('2027-01-07')
  expect(writesSent(world)).toEqual(['PUT /api/v1/admin/invoices/1'])
  expect(acts(world)).toEqual([{ kind: 'invoice-paid', row_id: 1, state: 'seen' }])
  expect(audited(world)).toEqual([
    { action: 'billing.change-sent', why: 'cash in hand' },
    { action: 'billing.change-seen', why: 'cash in hand' },
  ])
})

test.each([
  ['suspended', '2026-11-22', '2026-12-22'],
  ['pending', '2026-11-22', '2026-12-22'],
  ['cancelled', '2026-11-22', '2026-12-22'],
] as const)('a %s service is renewed from today, as was said', async (status, from, to) => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.setService(1, { status, expires_at: '2026-10-07' })
  const preview = await writes['billing.previewPayment']({ invoiceId: 1 })
  expect(preview.renewals).toMatchObject([{ status, expiresAt: '2026-10-07', from, to }])
  expect(preview.renewals[0]?.note === null).toBe(status !== 'cancelled')
  const { services } = await writes['billing.markPaid']({ invoiceId: 1, token: preview.token })
  expect(services).toMatchObject([{ status: 'active', expiresAt: to }])
})

test('an invoice that bills a service twice renews it twice, and says so', async () => {
  const { world, writes } = await shop()
  await using _world = world
  const item = { description: 'Starter VPS', price: '499.00', service_id: 2 }
  const invoice = world.paymenter.addInvoice({ user_id: 2, items: [item, item, { description: 'Setup', price: '10.00' }] })
  const preview = await writes['billing.previewPayment']({ invoiceId: invoice.id })
  expect(preview.renewals.map(({ from, to }) => [from, to])).toEqual([
    ['2026-12-07', '2027-01-07'],
    ['2027-01-07', '2027-02-07'],
  ])
  const { services } = await writes['billing.markPaid']({ invoiceId: invoice.id, token: preview.token })
  expect(services).toMatchObject([{ id: 2, expiresAt: '2027-02-07' }])
})

test('what has changed since it was shown is not paid', async () => {
  const { world, writes } = await shop()
  await using _world = world
  const preview = await writes['billing.previewPayment']({ invoiceId: 1 })
  world.paymenter.setService(1, { expires_at: '2027-05-01' })
  world.paymenter.requests.length = 0
  expect((await refusal(() => writes['billing.markPaid']({ invoiceId: 1, token: preview.token }))).code).toBe('billing.changed-meanwhile')
  world.clock.advance(dayMs)
  const again = await writes['billing.previewPayment']({ invoiceId: 1 })
  expect(again.renewals[0]).toMatchObject({ from: '2027-05-01', to: '2027-06-01' })
  expect(writesSent(world)).toEqual([])
  expect(acts(world)).toEqual([])
})

test('an invoice is paid once: not when it is paid, and not when it was set back to pending', async () => {
  const { world, writes } = await shop()
  await using _world = world
  const first = await writes['billing.previewPayment']({ invoiceId: 1 })
  await writes['billing.markPaid']({ invoiceId: 1, token: first.token })
  expect((await writes['billing.previewPayment']({ invoiceId: 1 })).refused?.code).toBe('billing.already-paid')
  world.paymenter.setInvoice(1, { status: 'pending' })
  const second = await writes['billing.previewPayment']({ invoiceId: 1 })
  expect(second.refused?.code).toBe('billing.paid-before')
  expect((await refusal(() => writes['billing.markPaid']({ invoiceId: 1, token: second.token }))).code).toBe('billing.paid-before')
  expect(world.paymenter.service(1)?.expires_at).toBe('2027-01-07')
})

test('an invoice that was paid by somebody else and set back is not paid from here either', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.payInvoice(1)
  await world.sync()
  world.paymenter.setInvoice(1, { status: 'pending' })
  expect((await writes['billing.previewPayment']({ invoiceId: 1 })).refused?.code).toBe('billing.paid-before')
})

test('a cancelled invoice is not paid from here', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.setInvoice(1, { status: 'cancelled' })
  expect((await writes['billing.previewPayment']({ invoiceId: 1 })).refused?.code).toBe('billing.not-pending')
})

test('a payment whose answer is lost is found by reading; it was made once', async () => {
  const { world, writes } = await shop()
  await using _world = world
  const { token } = await writes['billing.previewPayment']({ invoiceId: 1 })
  world.paymenter.faults.actThenDrop = true
  const { invoice } = await writes['billing.markPaid']({ invoiceId: 1, token })
  expect(invoice.status).toBe('paid')
  expect(world.paymenter.service(1)?.expires_at).toBe('2027-01-07')
  expect(acts(world)).toEqual([{ kind: 'invoice-paid', row_id: 1, state: 'seen' }])
})

test('a payment of which nothing is known is not sent again', async () => {
  const { world, writes } = await shop()
  await using _world = world
  await using gateway = await through(world)
  const { token } = await writes['billing.previewPayment']({ invoiceId: 1 })
  gateway.hooks = { before: ({ method }) => (method === 'PUT' ? { status: 500, headers: {}, body: '{"message":"Server Error"}' } : undefined) }
  expect((await refusal(() => writes['billing.markPaid']({ invoiceId: 1, token }))).code).toBe('billing.no-answer')
  expect(acts(world)).toEqual([{ kind: 'invoice-paid', row_id: 1, state: 'unknown' }])
  gateway.hooks = {}
  expect((await writes['billing.previewPayment']({ invoiceId: 1 })).refused?.code).toBe('billing.paid-before')
  expect(gateway.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1)
})

test('a worker that dies while a payment is sent leaves it unknown, and it is not sent again', async () => {
  const { world, writes } = await shop()
  await using _world = world
  await writes['billing.previewPayment']({ invoiceId: 1 })
  world.context.db.sqlite.prepare(`insert into billing_acts (at, kind, row_id, before, after, state) values (1, 'invoice-paid', 1, '{}', '{}', 'sending')`).run()
  const after = writesOf(world)
  expect(acts(world)).toEqual([{ kind: 'invoice-paid', row_id: 1, state: 'unknown' }])
  const preview = await after['billing.previewPayment']({ invoiceId: 1 })
  expect(preview.refused?.code).toBe('billing.paid-before')
  expect((await refusal(() => after['billing.markPaid']({ invoiceId: 1, token: preview.token }))).code).toBe('billing.paid-before')
})

test('where numbers are bare digits, another customer’s invoice is not paid', async () => {
  const { world, writes } = await shop(3)
  await using _world = world
  world.paymenter.setInvoice(2, { number: '1' })
  const preview = await writes['billing.previewPayment']({ invoiceId: 1 })
  expect(preview.invoice).toMatchObject({ id: 1, customerId: 1 })
  const failure = await refusal(() => writes['billing.markPaid']({ invoiceId: 1, token: preview.token }))
  expect(failure.code).toBe('billing.ambiguous-id')
  expect(world.paymenter.invoice(2)?.status).toBe('pending')
  expect(world.paymenter.invoice(1)?.status).toBe('pending')
  expect((await refusal(() => writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-24', expected: { status: 'pending', dueAt: '2026-12-07' } }))).code).toBe('billing.ambiguous-id')
})

// ── due dates, services, credits ───────────────────────────────────────────────────────────────────────────────────

test.each(['UTC', 'Asia/Kolkata', 'Pacific/Pago_Pago', 'Pacific/Kiritimati'])('a due date and an expiry are the days that were chosen, in %s', async (timeZone) => {
  await using world = await BillingWorld.withShop({ customers: 2 }, { timeZone })
  await world.sync()
  const writes = writesOf(world)
  const moved = await writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-24', expected: { status: 'pending', dueAt: '2026-12-07' } })
  expect(moved.dueAt).toBe('2026-12-24')
  expect(world.paymenter.invoice(1)?.due_at).toBe('2026-12-24')
  const service = await writes['billing.setServiceExpiry']({ serviceId: 1, expiresAt: '2027-03-31', expected: { expiresAt: '2026-12-07' } })
  expect(service.expiresAt).toBe('2027-03-31')
  expect(world.paymenter.service(1)?.expires_at).toBe('2027-03-31')
})

test('the same date is not sent again', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.requests.length = 0
  await writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-07', expected: { status: 'pending', dueAt: '2026-12-07' } })
  await writes['billing.setServiceStatus']({ serviceId: 1, status: 'active', expected: { status: 'active' } })
  expect(writesSent(world)).toEqual([])
  expect(acts(world)).toEqual([])
})

test('a date that is none, or is over, is refused before anything is sent', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.requests.length = 0
  expect((await refusal(() => writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-02-30', expected: { status: 'pending', dueAt: '2026-12-07' } }))).code).toBe('billing.invalid-date')
  expect((await refusal(() => writes['billing.setServiceExpiry']({ serviceId: 1, expiresAt: '2026-11-21', expected: { expiresAt: '2026-12-07' } }))).code).toBe('billing.invalid-date')
  expect((await writes['billing.setServiceExpiry']({ serviceId: 1, expiresAt: '2026-11-22', expected: { expiresAt: '2026-12-07' } })).expiresAt).toBe('2026-11-22')
  expect((await writes['billing.setServiceExpiry']({ serviceId: 1, expiresAt: null, expected: { expiresAt: '2026-11-22' } })).expiresAt).toBeNull()
  expect(writesSent(world)).toHaveLength(2)
})

test('what is not as the operator saw it is not changed', async () => {
  const { world, writes, ticketId } = await shop()
  await using _world = world
  world.paymenter.payInvoice(1)
  world.paymenter.setService(2, { status: 'suspended' })
  world.paymenter.setCredit(1, { amount: '7.00' })
  world.paymenter.setTicket(ticketId, { status: 'closed' })
  world.paymenter.requests.length = 0
  const wishes = [
    () => writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-24', expected: { status: 'pending', dueAt: '2026-12-07' } }),
    () => writes['billing.setServiceStatus']({ serviceId: 2, status: 'cancelled', expected: { status: 'active' } }),
    () => writes['billing.setServiceExpiry']({ serviceId: 1, expiresAt: '2027-03-31', expected: { expiresAt: '2026-12-07' } }),
    () => writes['billing.setCredit']({ customerId: 1, currency: 'INR', amountMinor: 1, expected: { amountMinor: 10_000 } }),
    () => writes['billing.setTicketStatus']({ ticketId, status: 'closed', expected: { status: 'replied' } }),
  ]
  for (const wish of wishes) expect((await refusal(wish)).code).toBe('billing.changed-meanwhile')
  expect(writesSent(world)).toEqual([])
  // What was found instead is in the mirror.
  expect(world.one('select status from services where id = 2')).toEqual({ status: 'suspended' })
})

test('a status that was set by hand is on record as this console’s own, which is no evidence', async () => {
  const { world, writes } = await shop()
  await using _world = world
  expect(await writes['billing.setServiceStatus']({ serviceId: 1, status: 'suspended', expected: { status: 'active' }, why: 'asked by phone' })).toMatchObject({ id: 1, status: 'suspended' })
  expect(world.all('select service_id, field, value from billing_writes')).toEqual([{ service_id: 1, field: 'status', value: 'suspended' }])
  expect(world.one('select service_id, why from audit order by seq desc limit 1')).toEqual({ service_id: 1, why: 'asked by phone' })
})

test('a customer is given a credit, and it is changed, never made twice', async () => {
  const { world, writes } = await shop()
  await using _world = world
  expect(await writes['billing.setCredit']({ customerId: 2, currency: 'INR', amountMinor: 10_010, expected: { amountMinor: null } })).toMatchObject({ customerId: 2, amount: { amountMinor: 10_010, currency: 'INR' } })
  expect(await writes['billing.setCredit']({ customerId: 2, currency: 'INR', amountMinor: 0, expected: { amountMinor: 10_010 } })).toMatchObject({ amount: { amountMinor: 0 } })
  expect(await writes['billing.setCredit']({ customerId: 2, currency: 'JPY', amountMinor: 500, expected: { amountMinor: null } })).toMatchObject({ amount: { amountMinor: 500, currency: 'JPY' } })
  expect((await refusal(() => writes['billing.setCredit']({ customerId: 2, currency: 'INR', amountMinor: 5, expected: { amountMinor: null } }))).code).toBe('billing.changed-meanwhile')
  expect(world.paymenter.credits().map((credit) => `${credit.user_id} ${credit.currency_code} ${credit.amount}`)).toEqual(['1 INR 100.00', '2 INR 0.00', '2 JPY 500.00'])
  expect((await refusal(() => writes['billing.setCredit']({ customerId: 2, currency: 'KWD', amountMinor: 1_005, expected: { amountMinor: null } }))).code).toBe('billing.invalid-amount')
})

test('the credit of customer 12 is not taken for that of customer 2', async () => {
  const { world, writes } = await shop(13)
  await using _world = world
  world.paymenter.addCredit({ user_id: 12, amount: '70.00' })
  await writes['billing.setCredit']({ customerId: 2, currency: 'INR', amountMinor: 100, expected: { amountMinor: null } })
  expect(world.paymenter.credits().filter((credit) => credit.user_id === 12)).toMatchObject([{ amount: '70.00' }])
})

// ── tickets ────────────────────────────────────────────────────────────────────────────────────────────────────────

test('a ticket is answered once, in the operator’s name, and closed with it', async () => {
  const { world, writes, ticketId, staffId } = await shop()
  await using _world = world
  const answered = await writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', authorId: staffId, status: 'closed', expected: { lastMessageId: 2 } })
  expect(methods['billing.replyToTicket'].output.parse(answered)).toEqual(answered)
  expect(answered.ticket.status).toBe('closed')
  expect(answered.messages.at(-1)).toMatchObject({ authorId: staffId, byCustomer: false, message: 'Fixed.' })
  expect(world.paymenter.ticketMessages().map((one) => one.message)).toEqual(['It stopped at night.', 'It is up again.', 'Fixed.'])
  expect(acts(world)).toEqual([
    { kind: 'ticket-reply', row_id: ticketId, state: 'seen' },
    { kind: 'ticket-status', row_id: ticketId, state: 'seen' },
  ])
})

test('an answer makes its ticket a replied one by itself, and is no change of anybody else when the ticket is to be closed with it', async () => {
  const { world, writes, ticketId, staffId } = await shop()
  await using _world = world
  world.paymenter.addTicketMessage(ticketId, 1, 'It stopped again.')
  await world.sync()
  expect(world.one(`select status from tickets where id = ${ticketId}`)).toEqual({ status: 'open' })
  const answered = await writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', authorId: staffId, expected: { lastMessageId: 3 } })
  expect(answered.ticket.status).toBe('replied')
  const closed = await writes['billing.replyToTicket']({ ticketId, message: 'Closed.', authorId: staffId, status: 'closed', expected: { lastMessageId: 4 } })
  expect(closed.ticket.status).toBe('closed')
  expect(world.paymenter.tickets().map((ticket) => ticket.status)).toEqual(['closed'])
  expect(world.paymenter.ticketMessages()).toHaveLength(5)
})

test('a closed ticket that is answered and stays closed is closed once more after the answer', async () => {
  const { world, writes, ticketId, staffId } = await shop()
  await using _world = world
  await writes['billing.setTicketStatus']({ ticketId, status: 'closed', expected: { status: 'replied' } })
  const answered = await writes['billing.replyToTicket']({ ticketId, message: 'One more thing.', authorId: staffId, status: 'closed', expected: { lastMessageId: 2 } })
  expect(answered.ticket.status).toBe('closed')
  expect(world.paymenter.tickets().map((ticket) => ticket.status)).toEqual(['closed'])
})

test('an answer is not sent when the customer has written meanwhile, and the new message is shown', async () => {
  const { world, writes, ticketId, staffId } = await shop()
  await using _world = world
  world.paymenter.addTicketMessage(ticketId, 1, 'Never mind, it works.')
  expect((await refusal(() => writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', authorId: staffId, expected: { lastMessageId: 2 } }))).code).toBe('billing.changed-meanwhile')
  expect(world.paymenter.ticketMessages()).toHaveLength(3)
  expect(world.one('select message, author_id from ticket_messages where id = 3')).toEqual({ message: 'Never mind, it works.', author_id: 1 })
})

test('an answer whose own answer is lost is found by reading, and stands there once', async () => {
  const { world, writes, ticketId, staffId } = await shop()
  await using _world = world
  world.paymenter.faults.actThenDrop = true
  const { messages } = await writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', authorId: staffId, expected: { lastMessageId: 2 } })
  expect(messages.map((one) => one.message)).toEqual(['It stopped at night.', 'It is up again.', 'Fixed.'])
  expect(world.paymenter.ticketMessages()).toHaveLength(3)
})

test('an answer needs an author, who is not the customer', async () => {
  const { world, writes, ticketId } = await shop()
  await using _world = world
  expect((await refusal(() => writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', expected: { lastMessageId: 2 } }))).code).toBe('billing.no-author')
  expect((await refusal(() => writes['billing.replyToTicket']({ ticketId, message: 'Fixed.', authorId: 1, expected: { lastMessageId: 2 } }))).code).toBe('billing.invalid-author')
  expect(world.paymenter.ticketMessages()).toHaveLength(2)
})

test('a ticket’s status and priority are set and read back', async () => {
  const { world, writes, ticketId } = await shop()
  await using _world = world
  expect((await writes['billing.setTicketPriority']({ ticketId, priority: 'high', expected: { priority: 'medium' } })).ticket.priority).toBe('high')
  expect((await writes['billing.setTicketStatus']({ ticketId, status: 'closed', expected: { status: 'replied' } })).ticket.status).toBe('closed')
  expect(world.paymenter.tickets()).toMatchObject([{ status: 'closed', priority: 'high' }])
  const listed = await writes['billing.acts']({})
  expect(methods['billing.acts'].output.parse(listed)).toEqual(listed)
  expect(listed.map((act) => act.kind)).toEqual(['ticket-status', 'ticket-priority'])
  expect(await writes['billing.acts']({ customerId: 2 })).toEqual([])
})

// ── permissions and echoes ─────────────────────────────────────────────────────────────────────────────────────────

test.each([
  ['invoices.update', (writes: ReturnType<typeof writesOf>) => writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-24', expected: { status: 'pending', dueAt: '2026-12-07' } })],
  ['services.update', (writes: ReturnType<typeof writesOf>) => writes['billing.setServiceStatus']({ serviceId: 1, status: 'suspended', expected: { status: 'active' } })],
  ['credits.update', (writes: ReturnType<typeof writesOf>) => writes['billing.setCredit']({ customerId: 1, currency: 'INR', amountMinor: 1, expected: { amountMinor: 10_000 } })],
  ['credits.create', (writes: ReturnType<typeof writesOf>) => writes['billing.setCredit']({ customerId: 2, currency: 'INR', amountMinor: 1, expected: { amountMinor: null } })],
  ['tickets.update', (writes: ReturnType<typeof writesOf>) => writes['billing.setTicketStatus']({ ticketId: 1, status: 'closed', expected: { status: 'replied' } })],
  ['ticket_messages.create', (writes: ReturnType<typeof writesOf>) => writes['billing.replyToTicket']({ ticketId: 1, message: 'x', authorId: 3, expected: { lastMessageId: 2 } })],
] as const)('without %s nothing is recorded or sent, and the permission is named; given since, it works', async (permission, wish) => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.faults.revokedPermissions = [permission]
  await world.connect()
  const failure = await refusal(() => wish(writes))
  expect(failure.code).toBe('billing.forbidden')
  expect(failure.hint).toContain(`admin.${permission}`)
  expect(acts(world)).toEqual([])
  world.paymenter.faults.revokedPermissions = []
  await wish(writes)
  expect(acts(world)).toMatchObject([{ state: 'seen' }])
  expect(world.billing.connection()?.permissions.granted).toContain(permission)
})

test('a payment without the permission is refused in its preview', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.faults.revokedPermissions = ['invoices.update']
  await world.connect()
  expect((await writes['billing.previewPayment']({ invoiceId: 1 })).refused).toMatchObject({ code: 'billing.forbidden', hint: expect.stringContaining('admin.invoices.update') as string })
})

test('a permission that is missing only when it is sent is on record as refused, and learnt', async () => {
  const { world, writes } = await shop()
  await using _world = world
  world.paymenter.faults.revokedPermissions = ['services.update']
  expect((await refusal(() => writes['billing.setServiceStatus']({ serviceId: 1, status: 'suspended', expected: { status: 'active' } }))).code).toBe('billing.forbidden')
  expect(acts(world)).toEqual([{ kind: 'service-status', row_id: 1, state: 'refused' }])
  expect(world.all('select * from billing_writes')).toEqual([])
  expect(world.billing.connection()?.permissions.missing).toEqual(['services.update'])
  expect(audited(world)).toMatchObject([{ action: 'billing.change-sent' }, { action: 'billing.change-refused' }])
})

test('an echo is not believed', async () => {
  const { world, writes } = await shop()
  await using _world = world
  await using gateway = await through(world)
  const echo = '{"data":{"id":"1","type":"services","attributes":{"id":1,"status":"suspended"}}}'
  gateway.hooks = { before: ({ method }) => (method === 'PUT' ? { status: 200, headers: { 'content-type': 'application/vnd.api+json' }, body: echo } : undefined) }
  expect((await refusal(() => writes['billing.setServiceStatus']({ serviceId: 1, status: 'suspended', expected: { status: 'active' } }))).code).toBe('billing.write-not-seen')
  expect(world.one('select status from services where id = 1')).toEqual({ status: 'active' })
  expect(acts(world)).toEqual([{ kind: 'service-status', row_id: 1, state: 'unknown' }])
})

test('a row that is gone is not changed, and marked', async () => {
  const { world, writes, ticketId } = await shop()
  await using _world = world
  world.paymenter.deleteRow('tickets', ticketId)
  world.paymenter.deleteRow('invoices', 1)
  expect((await refusal(() => writes['billing.setTicketStatus']({ ticketId, status: 'closed', expected: { status: 'replied' } }))).code).toBe('billing.row-gone')
  expect((await refusal(() => writes['billing.previewPayment']({ invoiceId: 1 }))).code).toBe('billing.row-gone')
  expect([world.ids('tickets'), world.ids('invoices')]).toEqual([[], [2]])
})

test('a sync that runs while a due date is moved does not take it back in the mirror', async () => {
  const { world, writes } = await shop()
  await using _world = world
  await using gateway = await through(world)
  const moves: Promise<unknown>[] = []
  gateway.hooks = {
    after: async ({ path }, answer) => {
      if (!path.includes('/invoices?') || moves.length > 0) return answer
      moves.push(Promise.resolve(writes['billing.setDueDate']({ invoiceId: 1, dueAt: '2026-12-24', expected: { status: 'pending', dueAt: '2026-12-07' } })))
      await Promise.all(moves)
      return answer
    },
  }
  await world.sync(true)
  expect(world.one('select due_on from invoices where id = 1')).toEqual({ due_on: '2026-12-24' })
})
