// Every fault of the simulated Paymenter, as a client meets it.
import { describe, expect, it } from 'vitest'
import { noFaults } from '../../demo/paymenter/faults.ts'
import { messageOf, readList, send } from './paymenter-client.ts'
import { openShop } from './paymenter-shop.ts'

const users = { path: '/api/v1/admin/users' }

describe('a fault', () => {
  it('is off unless it is switched on', async () => {
    await using shop = await openShop()
    expect(shop.billing.faults).toEqual(noFaults())
    expect((await send(shop.billing, users)).status).toBe(200)
  })

  it('makes it unreachable, until it is over', async () => {
    await using shop = await openShop()
    shop.billing.faults.unreachable = true
    await expect(send(shop.billing, users)).rejects.toThrow(/hang up|ECONNRESET/)
    shop.billing.faults.unreachable = false
    expect((await send(shop.billing, users)).status).toBe(200)
  })

  it('empties every list with 200', async () => {
    await using shop = await openShop()
    shop.billing.faults.emptyLists = true
    expect(await readList(shop.billing, 'users?per_page=5')).toMatchObject({ data: [], meta: { from: null, to: null } })
  })

  it('fails one page of one list', async () => {
    await using shop = await openShop()
    shop.billing.faults.failPage = { resource: 'users', page: 3 }
    const statuses = await Promise.all(
      [1, 2, 3, 4].map(async (page) => (await send(shop.billing, { path: `/api/v1/admin/users?per_page=5&page=${page}` })).status),
    )
    expect(statuses).toEqual([200, 200, 500, 200])
    expect((await send(shop.billing, { path: '/api/v1/admin/products?page=3' })).status).toBe(200)
  })

  it('repeats the first page', async () => {
    await using shop = await openShop()
    shop.billing.faults.repeatFirstPage = true
    const list = await readList(shop.billing, 'users?per_page=5&page=4')
    expect(list.data.map((row) => row.id)).toEqual(['1', '2', '3', '4', '5'])
    expect(list.links.next).toMatch(/page=2$/)
  })

  it('answers with a status and when to come back', async () => {
    await using shop = await openShop()
    Object.assign(shop.billing.faults, { status: 429, retryAfterSeconds: 7 })
    const answer = await send(shop.billing, users)
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7'])
  })

  it('answers with a page, with half a body, or with a redirect', async () => {
    await using shop = await openShop()
    shop.billing.faults.html = true
    expect((await send(shop.billing, users)).body).toMatch(/^<!DOCTYPE html>/)
    Object.assign(shop.billing.faults, noFaults(), { truncateBody: true })
    const half = await send(shop.billing, users)
    expect(() => JSON.parse(half.body) as unknown).toThrow(SyntaxError)
    Object.assign(shop.billing.faults, noFaults(), { redirectTo: 'http://evil.example/' })
    const away = await send(shop.billing, users)
    expect([away.status, away.headers.location]).toEqual([302, 'http://evil.example/'])
  })

  it('sends a body of any size', async () => {
    await using shop = await openShop()
    shop.billing.faults.hugeBodyBytes = 3_000_000
    const answer = await send(shop.billing, users)
    expect(answer.body).toHaveLength(3_000_000)
    expect(answer.headers['content-length']).toBe('3000000')
  })

  it('delays an answer, trickles it, or paces it by its rows', async () => {
    await using shop = await openShop()
    const elapsed = async (path: string): Promise<number> => {
      const begin = performance.now()
      expect((await send(shop.billing, { path })).status).toBe(200)
      return performance.now() - begin
    }
    shop.billing.faults.hangMs = 150
    expect(await elapsed('/')).toBeGreaterThanOrEqual(145)
    Object.assign(shop.billing.faults, noFaults(), { rowsPerSecond: 100 })
    expect(await elapsed('/api/v1/admin/users?per_page=20')).toBeGreaterThanOrEqual(195)
    Object.assign(shop.billing.faults, noFaults(), { dripBytesPerSecond: 400 })
    expect(await elapsed('/')).toBeGreaterThanOrEqual(145)
  })

  it('moves Paymenter’s clock: its Date and what it writes', async () => {
    await using shop = await openShop()
    shop.billing.faults.clockOffsetMs = 3_600_000
    expect((await send(shop.billing, users)).headers.date).toBe('Sun, 22 Nov 2026 13:00:00 GMT')
    expect(new Date(shop.sell({ status: 'active', expires_at: null }).created_at).toISOString()).toBe('2026-11-22T13:00:00.000Z')
  })

  it('ignores the size of the page', async () => {
    await using shop = await openShop()
    shop.billing.faults.ignorePerPage = true
    expect((await readList(shop.billing, 'users?per_page=500')).data).toHaveLength(15)
  })

  it('carries a change out, then drops the connection', async () => {
    await using shop = await openShop()
    const service = shop.sell({ status: 'active', expires_at: null })
    shop.billing.faults.actThenDrop = true
    const change = { method: 'PUT', path: `/api/v1/admin/services/${service.id}`, body: { status: 'suspended' } }
    await expect(send(shop.billing, change)).rejects.toThrow(/hang up|ECONNRESET/)
    expect(service.status).toBe('suspended')
    expect(shop.billing.requests.at(-1)).toMatchObject({ method: 'PUT', status: 0 })
    expect((await send(shop.billing, users)).status).toBe(200)
  })

  it('takes the key away, or one permission', async () => {
    await using shop = await openShop()
    shop.billing.faults.revokedPermissions = ['users.view']
    expect(messageOf(await send(shop.billing, users))).toBe('This action is unauthorized.')
    shop.billing.faults.revokeToken = true
    expect((await send(shop.billing, users)).status).toBe(401)
  })
})

describe('a stop', () => {
  it('ends an answer that still waits, and a new start listens on the same port', async () => {
    await using shop = await openShop()
    const { url } = shop.billing
    shop.billing.faults.hangMs = 60_000
    const waiting = send(shop.billing, users)
    const failed = expect(waiting).rejects.toThrow(/hang up|ECONNRESET/)
    await expect.poll(() => shop.billing.waiting).toBe(1)
    await shop.billing.stop()
    await failed
    shop.billing.faults.hangMs = 0
    await shop.billing.start()
    expect(shop.billing.url).toBe(url)
    expect((await send(shop.billing, users)).status).toBe(200)
  })
})
