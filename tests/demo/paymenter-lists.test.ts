// How the simulated Paymenter's lists mislead: pages, links, filters, sorts and includes.
import { describe, expect, it } from 'vitest'
import { messageOf, readList, readRow, send } from './paymenter-client.ts'
import { openShop } from './paymenter-shop.ts'

describe('a page of a list', () => {
  it('has 15 rows unless said, and as many as are asked for without a limit', async () => {
    await using shop = await openShop()
    expect((await readList(shop.billing, 'users')).data).toHaveLength(15)
    expect((await readList(shop.billing, 'users?per_page=5000')).data).toHaveLength(25)
    expect((await readList(shop.billing, 'users?per_page=')).meta.per_page).toBe(15)
  })

  it('loses its query in the link to the next one', async () => {
    await using shop = await openShop()
    const { links } = await readList(shop.billing, 'users?per_page=10&include=invoices&sort=-id')
    expect(links.next).toBe(`${shop.billing.url}/api/v1/admin/users?page=2`)
    const followed = await send(shop.billing, { path: `${new URL(links.next ?? '').pathname}?page=2` })
    expect(JSON.parse(followed.body)).toMatchObject({ meta: { per_page: 15 }, data: { length: 10 } })
  })

  it('says that more follow only when a row more exists, and never how many there are', async () => {
    await using shop = await openShop()
    expect((await readList(shop.billing, 'users?per_page=24')).links.next).toBeDefined()
    const whole = await readList(shop.billing, 'users?per_page=25')
    expect(whole.links.next).toBeUndefined()
    expect(Object.keys(whole.meta)).toEqual(['current_page', 'current_page_url', 'from', 'path', 'per_page', 'to'])
  })

  it('shifts when a row before it is deleted', async () => {
    await using shop = await openShop()
    const first = await readList(shop.billing, 'users?per_page=10')
    shop.billing.deleteRow('users', 3)
    const second = await readList(shop.billing, 'users?per_page=10&page=2')
    expect(first.data.at(-1)?.id).toBe('10')
    expect(second.data[0]?.id).toBe('12')
  })

  it('moves rows that were changed to the front when sorted by the change', async () => {
    await using shop = await openShop()
    for (let count = 0; count < 4; count += 1) shop.sell({ status: 'active', expires_at: null })
    expect((await readList(shop.billing, 'services?sort=-updated_at')).data.map((row) => row.id)).toEqual(['1', '2', '3', '4'])
    shop.clock.set('2026-11-22T12:00:05Z')
    shop.billing.setService(3, { status: 'suspended' })
    expect((await readList(shop.billing, 'services?sort=-updated_at')).data.map((row) => row.id)).toEqual(['3', '1', '2', '4'])
  })
})

describe('a filter', () => {
  it('matches in the middle, for several values by comma', async () => {
    await using shop = await openShop()
    for (const user_id of [2, 12, 20, 3]) shop.billing.addInvoice({ user_id, items: [] })
    const list = await readList(shop.billing, 'invoices?filter[user_id]=2&include=user')
    expect(list.data.map((row) => row.id)).toEqual(['1', '2', '3'])
    expect((await readList(shop.billing, 'invoices?filter[user_id]=20,3')).data.map((row) => row.id)).toEqual(['3', '4'])
    expect((await readList(shop.billing, 'invoices?filter[status]=')).data).toHaveLength(4)
  })

  it('matches nothing in an empty column', async () => {
    await using shop = await openShop()
    shop.sell({ status: 'active', expires_at: null })
    shop.sell({ status: 'active', expires_at: '2026-12-01' })
    expect((await readList(shop.billing, 'services?filter[expires_at]=0')).data.map((row) => row.id)).toEqual(['2'])
  })
})

describe('an include', () => {
  it('is the only way to a foreign key', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-12-01' })
    expect(await readRow(shop.billing, `services/${service.id}`)).not.toHaveProperty('relationships')
    const row = await readRow(shop.billing, `services/${service.id}?include=user,product,order`)
    expect(row.relationships).toEqual({
      user: { data: { type: 'users', id: '1' } },
      order: { data: null },
      product: { data: { type: 'products', id: '2' } },
    })
  })

  it('is offered as a count too, which shows nothing', async () => {
    await using shop = await openShop()
    const row = await readRow(shop.billing, 'users/1?include=invoicesCount')
    expect(Object.keys(row)).toEqual(['id', 'type', 'attributes'])
  })

  it('needs the permission of what it shows, and names what this key may have', async () => {
    await using shop = await openShop()
    const refused = await send(shop.billing, { path: '/api/v1/admin/users?include=invoices,credits', token: 'noInvoices' })
    expect(refused.status).toBe(400)
    const words = /^Requested include\(s\) `invoices` are not allowed\. Allowed include\(s\) are `properties, propertiesCount,/
    expect(messageOf(refused)).toMatch(words)
  })

  it('of properties is repeated as a map, which PHP writes as a list when it is empty', async () => {
    await using shop = await openShop()
    expect((await readRow(shop.billing, 'users/1?include=properties')).meta).toEqual({ properties: [] })
  })

  it('lists a service of two invoices once each, without saying to which invoice an item belongs', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: '2026-12-01' })
    shop.bill(service.id)
    shop.bill(service.id)
    const row = await readRow(shop.billing, `services/${service.id}?include=invoices`)
    expect(row.relationships?.['invoices']?.data).toHaveLength(2)
    const items = await readList(shop.billing, 'invoice-items')
    expect(items.data[0]?.attributes).not.toHaveProperty('invoice_id')
  })
})

describe('an unknown sort, filter or include', () => {
  it.each([
    [
      'tickets?sort=due',
      'Requested sort(s) `due` is not allowed. ' +
        'Allowed sort(s) are `id, created_at, updated_at, currency_code, status, priority, department`.',
    ],
    ['users?filter[id]=1', 'Requested filter(s) `id` are not allowed. Allowed filter(s) are `first_name, last_name, email`.'],
    [
      'products?include=plan',
      'Requested include(s) `plan` are not allowed. Allowed include(s) are `category, categoryCount, categoryExists, ' +
        'plans, plansCount, plansExists, plans.prices, services, servicesCount, servicesExists`.',
    ],
  ])('%s is refused with the list of allowed ones', async (path, message) => {
    await using shop = await openShop()
    const refused = await send(shop.billing, { path: `/api/v1/admin/${path}` })
    expect(refused.status).toBe(400)
    expect(messageOf(refused)).toBe(message)
  })

  const crashes = ['tickets?filter[currency_code]=INR', 'ticket-messages?sort=currency_code', 'users?per_page=20abc']
  it.each(crashes)('%s is a crash', async (path) => {
    await using shop = await openShop()
    expect((await send(shop.billing, { path: `/api/v1/admin/${path}` })).status).toBe(500)
  })
})
