// Replays every recorded Paymenter exchange against the simulated one, and compares the answers byte for byte.
import { describe, expect, it } from 'vitest'
import type { PaymenterFaults } from '../../demo/paymenter/faults.ts'
import type { TokenName } from '../../demo/paymenter/keys.ts'
import { SimulatedPaymenter } from '../../demo/paymenter/paymenter.ts'
import type { Capture } from './paymenter-captures.ts'
import { readCaptures, rebuildRows } from './paymenter-captures.ts'
import type { Received } from './paymenter-client.ts'
import { send } from './paymenter-client.ts'

const captures = readCaptures()
const replayed = new Set<string>()

const TOKENS: Readonly<Record<string, TokenName | 'wrong'>> = {
  FULL: 'full',
  READONLY: 'readonly',
  'NO-INVOICES': 'noInvoices',
  'NO-ITEMS': 'noItems',
  'OTHER-IP': 'otherIp',
  DISABLED: 'disabled',
  USER: 'user',
  WRONG: 'wrong',
}

function named(name: string): Capture {
  const capture = captures.find((other) => other.name === name)
  if (!capture) throw new Error(`No capture ${name}`)
  return capture
}

/** A clock that shows the instant at which a capture was taken. */
class RecordedClock {
  #now = 0

  now(): number {
    return this.#now
  }

  showTimeOf(capture: Capture): void {
    this.#now = Date.parse(capture.response.date)
  }
}

async function replay(billing: SimulatedPaymenter, { request, name }: Capture): Promise<Received> {
  const token = request.token === null ? null : TOKENS[request.token]
  if (token === undefined) throw new Error(`${name} was sent with an unknown key`)
  replayed.add(name)
  return send(billing, { ...request, token, host: 'billing.example' })
}

function expectCaptured(received: Received, { response }: Capture, normalize: (text: string) => string = (text) => text): void {
  const { headers } = received
  expect({
    status: received.status,
    contentType: headers['content-type'] ?? null,
    date: headers.date,
    cacheControl: headers['cache-control'],
    allow: headers.allow,
    location: headers.location,
    body: normalize(received.body),
  }).toEqual({
    status: response.status,
    contentType: response.contentType,
    date: response.date,
    cacheControl: response.cacheControl,
    allow: response.allow,
    location: response.location,
    body: normalize(response.body),
  })
}

/** The recorder's clock ran on while a request was served: instants of that moment count as equal. */
function around(capture: Capture): (text: string) => string {
  const now = Date.parse(capture.response.date)
  return (text) =>
    text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z/g, (found) => (Math.abs(Date.parse(found) - now) <= 2000 ? 'now' : found))
}

const OUTAGES: Readonly<Record<string, Partial<PaymenterFaults>>> = {
  'outages/database-down.json': { databaseDown: true },
  'outages/maintenance-mode.json': { maintenance: true },
  'outages/maintenance-mode-no-accept.json': { maintenance: true },
  'outages/php-down-behind-proxy.json': { badGateway: true },
}

const alone = captures.filter(({ name }) => /^(access|lists|detail|outages)\//.test(name))

describe.each(alone.map((capture) => [capture.name, capture] as const))('%s', (name, capture) => {
  it('is answered as it was recorded', async () => {
    const clock = new RecordedClock()
    clock.showTimeOf(capture)
    const billing = new SimulatedPaymenter({ clock, rows: rebuildRows(captures, { at: clock.now(), exact: [capture] }) })
    Object.assign(billing.faults, OUTAGES[name])
    await billing.start()
    try {
      expectCaptured(await replay(billing, capture), capture)
    } finally {
      await billing.stop()
    }
  })
})

/** In the order in which they were sent. */
const CHANGES = [
  'service-overdue-before',
  'service-suspend',
  'service-after-suspend',
  'service-suspend-again',
  'service-unknown-field-ignored',
  'service-empty-body',
  'service-bad-json',
  'service-status-unknown',
  'service-put-no-accept-invalid',
  'service-expires-in-the-past',
  'service-price-negative',
  'service-price-not-a-number',
  'service-patch',
  'service-expires-at-set',
  'service-not-found',
  'invoice-pay',
  'service-after-invoice-paid',
  'invoice-pay-again',
  'service-after-invoice-paid-twice',
  'invoice-back-to-pending',
  'service-after-invoice-back-to-pending',
  'invoice-paid-again-after-pending',
  'service-after-invoice-paid-again',
  'invoice-status-unknown',
  'invoice-due-date',
  'invoice-create',
  'invoice-item-create',
  'invoice-item-create-for-service',
  'invoice-with-two-items',
  'invoice-delete',
  'invoice-after-delete',
  'service-create',
  'service-create-invalid',
  'service-delete',
  'service-after-delete',
  'credit-create',
  'credit-create-duplicate-currency',
  'credit-update',
  'credit-negative',
  'ticket-create',
  'ticket-message-create',
  'ticket-message-missing-fields',
  'ticket-message-too-long',
  'ticket-close',
  'ticket-department-refused',
  'user-update',
  'user-create',
].map((name) => named(`changes/${name}.json`))

const KOLKATA = [
  'invoices',
  'services',
  'invoice-due-date-set',
  'invoice-due-date-after',
  'invoice-due-date-echoed-instant',
  'invoice-due-date-echoed-instant-after',
  'invoice-due-date-set-to-last-of-month',
  'invoice-due-date-set-to-last-of-month-after',
  'service-expires-at-set',
  'service-expires-at-after',
  'ticket-create',
].map((name) => named(`time-zone-kolkata/${name}.json`))

describe('a recorded series of exchanges', () => {
  it('of changes is answered as it was, each on what the ones before have left', async () => {
    const clock = new RecordedClock()
    const [first] = CHANGES
    if (!first) throw new Error('No changes were recorded')
    clock.showTimeOf(first)
    const billing = new SimulatedPaymenter({ clock, rows: rebuildRows(captures, { at: clock.now() - 1000, exact: [first] }) })
    await billing.start()
    try {
      for (const capture of CHANGES) {
        clock.showTimeOf(capture)
        expectCaptured(await replay(billing, capture), capture, around(capture))
      }
    } finally {
      await billing.stop()
    }
  })

  it('in another time zone than UTC is answered as it was, moved dates included', async () => {
    const clock = new RecordedClock()
    const [first, second] = KOLKATA
    if (!first || !second) throw new Error('No exchange of another time zone was recorded')
    clock.showTimeOf(first)
    const rows = rebuildRows(captures, { at: clock.now(), exact: [first, second], offsetMs: 5.5 * 3_600_000 })
    const billing = new SimulatedPaymenter({ clock, rows, timeZone: 'Asia/Kolkata' })
    await billing.start()
    try {
      for (const capture of KOLKATA) {
        clock.showTimeOf(capture)
        expectCaptured(await replay(billing, capture), capture, around(capture))
      }
    } finally {
      await billing.stop()
    }
  })

  it('around the nightly job is answered as it was', async () => {
    const before = captures.filter(({ name }) => /^cron\/.*-before\.json$/.test(name))
    const after = captures.filter(({ name }) => /^cron\/.*-after\.json$/.test(name))
    const clock = new RecordedClock()
    const [first, firstAfter] = [before[0], after[0]]
    if (!first || !firstAfter) throw new Error('No nightly job was recorded')
    clock.showTimeOf(first)
    const deleted = ['changes/invoice-with-two-items.json', 'changes/service-create.json'].map(named)
    const rows = rebuildRows(captures, { at: clock.now(), exact: [...deleted, ...before] })
    const billing = new SimulatedPaymenter({ clock, rows })
    billing.deleteRow('invoices', 205)
    billing.deleteRow('services', 41)
    await billing.start()
    try {
      for (const capture of before) expectCaptured(await replay(billing, capture), capture)
      clock.showTimeOf(firstAfter)
      const result = billing.runNightlyJob()
      expect(result).toEqual({ invoiced: 5, ordersCancelled: 1, suspended: 1, terminated: 1, ticketsClosed: 0 })
      for (const capture of after) expectCaptured(await replay(billing, capture), capture, around(capture))
    } finally {
      await billing.stop()
    }
  })
})

describe('the recorded exchanges', () => {
  it('were replayed one and all', () => {
    expect(captures.length).toBeGreaterThan(100)
    expect([...replayed].sort()).toEqual(captures.map((capture) => capture.name))
  })
})
