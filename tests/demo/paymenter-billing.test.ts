// Renewals and the nightly job of the simulated Paymenter.
import { describe, expect, it } from 'vitest'
import { put } from './paymenter-client.ts'
import { openShop } from './paymenter-shop.ts'

describe('a payment', () => {
  it('extends an active service from its old expiry', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-11-25' })
    await put(shop.billing, `invoices/${shop.bill(service.id).id}`, { status: 'paid' })
    expect(shop.billing.service(service.id)).toMatchObject({ status: 'active', expires_at: '2026-12-25' })
  })

  it.each(['suspended', 'pending'] as const)('starts a %s service from today, in Paymenter’s zone', async (status) => {
    await using shop = await openShop({ timeZone: 'Asia/Kolkata' })
    shop.clock.set('2026-11-22T20:00:00Z')
    const service = shop.sell({ status, expires_at: status === 'pending' ? null : '2026-11-10' })
    shop.billing.payInvoice(shop.bill(service.id).id)
    expect(shop.billing.service(service.id)).toMatchObject({ status: 'active', expires_at: '2026-12-23' })
  })

  it('that is repeated does nothing, but paid, pending and paid again extends twice', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-11-25' })
    const { id } = shop.bill(service.id)
    for (const status of ['paid', 'paid']) await put(shop.billing, `invoices/${id}`, { status })
    expect(shop.billing.service(service.id)?.expires_at).toBe('2026-12-25')
    for (const status of ['pending', 'paid']) await put(shop.billing, `invoices/${id}`, { status })
    expect(shop.billing.service(service.id)?.expires_at).toBe('2027-01-25')
  })

  it('of a year moves the expiry by a year, and a 31st runs over into the next month', async () => {
    await using shop = await openShop()
    const yearly = shop.sell({ status: 'active', expires_at: '2026-11-30', plan_id: 3 })
    const late = shop.sell({ status: 'active', expires_at: '2027-01-31' })
    for (const service of [yearly, late]) shop.billing.payInvoice(shop.bill(service.id).id)
    expect(yearly.expires_at).toBe('2027-11-30')
    expect(late.expires_at).toBe('2027-03-03')
  })

  it('of something that is not a service renews nothing', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'suspended', expires_at: '2026-11-10' })
    const invoice = shop.billing.addInvoice({ user_id: 1, items: [{ description: 'Setup', price: '250.50' }] })
    shop.billing.payInvoice(invoice.id)
    expect(shop.billing.service(1)).toMatchObject({ status: 'suspended', expires_at: '2026-11-10' })
  })

  it('is not made by a status that is written to the service', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'suspended', expires_at: '2026-11-10' })
    await put(shop.billing, `services/${service.id}`, { status: 'active' })
    expect(shop.billing.service(service.id)).toMatchObject({ status: 'active', expires_at: '2026-11-10' })
  })
})

describe('the nightly job', () => {
  it('writes an invoice for a service that expires within 7 days, once', async () => {
    await using shop = await openShop()
    const soon = shop.sell({ status: 'active', expires_at: '2026-11-29' })
    const later = shop.sell({ status: 'active', expires_at: '2026-11-30' })
    expect(shop.billing.runNightlyJob().invoiced).toBe(1)
    expect(shop.billing.runNightlyJob().invoiced).toBe(0)
    const [invoice] = shop.billing.invoicesOf(soon.id)
    expect(invoice).toMatchObject({ status: 'pending', due_at: '2026-11-29', user_id: 1 })
    expect(shop.billing.itemsOf(invoice?.id ?? 0)[0]).toMatchObject({
      description: 'Starter VPS (Nov 29, 2026 - Dec 29, 2026)',
      price: '499.00',
      reference_id: soon.id,
    })
    expect(shop.billing.invoicesOf(later.id)).toEqual([])
  })

  it('writes the invoice and suspends in the same minute after an outage', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-11-12' })
    expect(shop.billing.runNightlyJob()).toMatchObject({ invoiced: 1, suspended: 1, terminated: 0 })
    expect(service.status).toBe('suspended')
    expect(shop.billing.invoicesOf(service.id)[0]).toMatchObject({ status: 'pending', due_at: '2026-11-12' })
  })

  it('goes straight to cancelled after an outage of weeks, and cancels the invoice that it has just written', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-11-01' })
    expect(shop.billing.runNightlyJob()).toMatchObject({ invoiced: 1, suspended: 1, terminated: 1 })
    expect(service.status).toBe('cancelled')
    expect(shop.billing.invoicesOf(service.id)[0]?.status).toBe('cancelled')
  })

  it('suspends two days after the expiry and not before, by Paymenter’s own day', async () => {
    await using shop = await openShop({ timeZone: 'Asia/Kolkata' })
    const service = shop.sell({ status: 'active', expires_at: '2026-11-21' })
    shop.clock.set('2026-11-22T18:29:30Z')
    expect(shop.billing.runNightlyJob().suspended).toBe(0)
    shop.clock.set('2026-11-22T18:30:30Z')
    expect(shop.billing.runNightlyJob().suspended).toBe(1)
    expect(service.status).toBe('suspended')
  })

  it('follows the settings', async () => {
    await using shop = await openShop({ settings: { suspendAfterDays: 5, invoiceDaysBefore: 3, payFromCredit: false } })
    const service = shop.sell({ status: 'active', expires_at: '2026-11-18' })
    const ahead = shop.sell({ status: 'active', expires_at: '2026-11-27' })
    expect(shop.billing.runNightlyJob()).toMatchObject({ invoiced: 1, suspended: 0 })
    expect(service.status).toBe('active')
    expect(shop.billing.invoicesOf(ahead.id)).toEqual([])
  })

  it('renews what costs nothing without an invoice, and leaves a free plan alone', async () => {
    await using shop = await openShop()
    const zero = shop.sell({ status: 'active', expires_at: '2026-11-21', price: '0.00' })
    const free = shop.sell({ status: 'active', expires_at: null, product_id: 1, plan_id: 1 })
    shop.billing.runNightlyJob()
    expect(zero.expires_at).toBe('2026-12-21')
    expect(free).toMatchObject({ status: 'active', expires_at: null, price: '0.00' })
    expect(shop.billing.invoices()).toEqual([])
  })

  it('cancels an order that nobody paid for 7 days, unless something was paid once', async () => {
    await using shop = await openShop()
    const order = shop.sell({ status: 'pending', expires_at: null })
    const paidOnce = shop.sell({ status: 'pending', expires_at: null })
    shop.bill(order.id)
    shop.billing.payInvoice(shop.bill(paidOnce.id).id)
    shop.billing.setService(paidOnce.id, { status: 'pending', expires_at: null })
    shop.clock.set('2026-11-30T00:00:30Z')
    expect(shop.billing.runNightlyJob().ordersCancelled).toBe(1)
    expect(order.status).toBe('cancelled')
    expect(shop.billing.invoicesOf(order.id)[0]?.status).toBe('cancelled')
    expect(paidOnce.status).toBe('pending')
  })
})
