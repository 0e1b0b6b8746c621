// The demo estate: what is in it, that a seed decides all of it, and that it scales.
import { describe, expect, it } from 'vitest'
import { makeEstateData } from '../../demo/data/estate-data.ts'
import type { EstateDataOptions } from '../../demo/data/estate-data.ts'
import { startEstate } from '../../demo/estate.ts'
import type { Estate, EstateOptions } from '../../demo/estate.ts'
import { toCents } from '../../demo/paymenter/json.ts'
import { readList } from './paymenter-client.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
const DATA: EstateDataOptions = { nodes: 3, vms: 60, customers: 45, invoices: null, seed: 1, nowMs: NOON, timeZone: 'UTC' }

async function withEstate(options: EstateOptions, run: (estate: Estate) => Promise<void> | void): Promise<void> {
  const estate = await startEstate({ startAt: NOON, listDelayMs: 0, stopDelayMs: 0, ...options })
  try {
    await run(estate)
  } finally {
    await estate.stop()
  }
}

describe('the data of an estate', () => {
  it('are the same for the same seed, to the last byte, and others for another seed', () => {
    const text = JSON.stringify(makeEstateData(DATA))
    expect(JSON.stringify(makeEstateData(DATA))).toBe(text)
    expect(JSON.stringify(makeEstateData({ ...DATA, seed: 2 }))).not.toBe(text)
  })

  it('have 3 nodes, 60 VMs, 45 customers, the four plans and two years of invoices', () => {
    const { nodes, rows } = makeEstateData(DATA)
    expect(nodes.map((node) => [node.name, node.vms.length])).toEqual([
      ['blr-1', 20],
      ['blr-2', 20],
      ['hyd-1', 20],
    ])
    expect(rows.users).toHaveLength(45)
    expect(rows.products.map((product) => product.slug)).toEqual(['free-vps', 'starter-vps', 'professional-vps', 'business-vps'])
    expect(rows.prices.map((price) => price.price)).toEqual(['0.00', '499.00', '4990.00', '999.00', '9990.00', '1999.00', '19990.00'])
    expect(rows.invoices.length).toBeGreaterThan(400)
    const oldest = Math.min(...rows.invoices.map((invoice) => invoice.created_at))
    expect((NOON - oldest) / 86_400_000).toBeGreaterThan(600)
  })

  it('lie in the past, and their ids follow the time at which they were made', () => {
    const { rows } = makeEstateData(DATA)
    for (const list of [rows.services, rows.invoices]) {
      const made = list.map((row) => row.created_at)
      expect(made).toEqual([...made].sort((left, right) => left - right))
      for (const row of list) {
        expect(row.created_at).toBeLessThanOrEqual(row.updated_at)
        expect(row.updated_at).toBeLessThanOrEqual(NOON)
      }
    }
    const services = new Map(rows.services.map((service) => [service.id, service]))
    for (const item of rows.invoiceItems) {
      if (item.reference_id !== null) expect(services.has(item.reference_id)).toBe(true)
    }
  })

  it('have every part of the story: overdue at many ages, off though paid, too large, of nobody, without a machine', () => {
    const { story, rows, nodes } = makeEstateData(DATA)
    const count = (role: string): number => story.filter((line) => line.role === role).length
    expect(story.filter((line) => line.role === 'overdue').map((line) => line.expiredDays ?? 0).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 7, 9, 12,
    ])
    expect([count('paid-but-off'), count('larger-than-plan'), count('pending-order'), count('without-machine'), count('ended')]).toEqual([
      2, 1, 2, 1, 3,
    ])
    const vms = nodes.flatMap((node) => node.vms)
    const sold = new Set(story.map((line) => line.vm?.uuid))
    const own = vms.filter((vm) => !sold.has(vm.uuid)).map((vm) => vm.name)
    expect(own.sort()).toEqual(['backup-target', 'build-runner', 'monitoring', 'win-test'])
    expect(vms.filter((vm) => vm.stubborn)).toHaveLength(2)
    for (const line of story) {
      if (!line.vm || line.role === 'misnamed') continue
      const service = rows.services.find((row) => row.id === line.serviceId)
      const slug = rows.products.find((product) => product.id === service?.product_id)?.slug
      expect(line.vm.name).toBe(`vps-${line.serviceId}-${slug}`)
    }
  })

  it('have names that break careless software', () => {
    const { users } = makeEstateData(DATA).rows
    expect(users.some((user) => user.first_name === null && user.last_name === null)).toBe(true)
    expect(users.some((user) => user.last_name?.includes('<script>'))).toBe(true)
    expect(users.some((user) => /[\u0590-\u06ff]/.test(user.last_name ?? ''))).toBe(true)
    expect(users.some((user) => user.first_name?.includes('🚀'))).toBe(true)
    expect(new Set(users.map((user) => user.email)).size).toBe(users.length)
  })

  it('leave the nightly job nothing to do on the day on which they begin, in any zone', async () => {
    for (const timeZone of ['UTC', 'Asia/Kolkata', 'America/New_York']) {
      await withEstate({ timeZone }, ({ billing }) => {
        expect(billing.runNightlyJob()).toEqual({ invoiced: 0, ordersCancelled: 0, suspended: 0, terminated: 0, ticketsClosed: 0 })
      })
    }
  })

  it('pay each period once: a service expires where its last paid period ends', () => {
    const { rows, story } = makeEstateData(DATA)
    const items = new Map(rows.invoiceItems.map((item) => [`${item.invoice_id}/${item.reference_id}`, item]))
    for (const line of story.filter((entry) => entry.role === 'overdue')) {
      const service = rows.services.find((row) => row.id === line.serviceId)
      const own = rows.invoices.filter((invoice) => items.has(`${invoice.id}/${line.serviceId}`))
      const open = own.filter((invoice) => invoice.status === 'pending')
      expect(open.map((invoice) => invoice.due_at)).toEqual([service?.expires_at])
      const paid = own.filter((invoice) => invoice.status === 'paid')
      expect(paid.every((invoice) => (invoice.due_at ?? '') < (service?.expires_at ?? ''))).toBe(true)
    }
  })

  it.each([
    { nodes: 1, vms: 0, customers: 1, invoices: null },
    { nodes: 1, vms: 1, customers: 1, invoices: 0 },
    { nodes: 2, vms: 4, customers: 9, invoices: 50 },
    { nodes: 20, vms: 1000, customers: 800, invoices: 50_000 },
  ])('fit %o', (size) => {
    const { nodes, rows } = makeEstateData({ ...DATA, ...size })
    expect(nodes).toHaveLength(size.nodes)
    expect(nodes.reduce((sum, node) => sum + node.vms.length, 0)).toBe(size.vms)
    expect(rows.users).toHaveLength(size.customers)
    if (size.invoices && size.invoices > 10) expect(rows.invoices).toHaveLength(size.invoices)
    for (const node of nodes) expect(node.vms.reduce((sum, vm) => sum + vm.memoryKiB, 0)).toBeLessThan(node.memoryKiB)
  })
})

describe('a running estate', () => {
  it('answers on all its addresses with the keys that it hands out', async () => {
    await withEstate({ nodes: 2, vms: 8 }, async ({ connect, nodeKeys, nodes }) => {
      for (const node of connect.nodes) {
        const answer = await fetch(`${node.url}/api/vms`, { headers: { authorization: `Bearer ${node.key}` } })
        expect(await answer.json()).toHaveLength(4)
        expect(nodeKeys[node.name]).toBe(node.key)
      }
      expect(nodes.map((node) => node.hostname)).toEqual(connect.nodes.map((node) => node.name))
      const headers = { authorization: `Bearer ${connect.billing.token}`, accept: 'application/json' }
      expect((await fetch(`${connect.billing.url}/api/v1/admin/users`, { headers })).status).toBe(200)
    })
  })

  it('leaks a node’s key on the serial console’s route, as every Flint does', async () => {
    await withEstate({ nodes: 1, vms: 2 }, async ({ connect }) => {
      const [node] = connect.nodes
      const answer = await fetch(`${node?.url}/api/vms/anything/serial-console`)
      expect(await answer.text()).toContain(node?.key)
    })
  })

  it('lists 50,000 invoices in full pages, each once', async () => {
    await withEstate({ nodes: 1, vms: 20, invoices: 50_000 }, async ({ billing }) => {
      const seen = new Set<string>()
      let total = 0n
      for (let page = 1; ; page += 1) {
        const list = await readList(billing, `invoices?per_page=5000&include=items&sort=id&page=${page}`)
        for (const row of list.data) seen.add(row.id)
        for (const item of list.included ?? []) total += toCents(String(item.attributes['price']))
        if (!list.links.next) break
      }
      expect(seen.size).toBe(50_000)
      expect(total).toBeGreaterThan(0n)
    })
  })

  it('stands on the ports that it is given', async () => {
    const start = async (attempt: number): Promise<{ estate: Estate; port: number }> => {
      const port = 20_000 + ((process.pid * 7 + attempt * 211) % 12_000)
      try {
        return { port, estate: await startEstate({ nodes: 2, vms: 0, port }) }
      } catch (error) {
        // Another program of this machine may stand on one of them.
        if (attempt < 10 && error instanceof Error && error.message.includes('EADDRINUSE')) return start(attempt + 1)
        throw error
      }
    }
    const { estate, port } = await start(0)
    const addresses = [estate.billing.url, ...estate.nodes.map((node) => node.url), estate.control.url]
    await estate.stop()
    expect(addresses).toEqual([0, 1, 2, 100].map((offset) => `http://127.0.0.1:${port + offset}`))
  })

  it('leaves nothing running when one of its ports is taken: another try meets the same obstacle', async () => {
    await withEstate({ nodes: 1, vms: 0 }, async ({ billing }) => {
      const port = Number(new URL(billing.url).port) - 1
      const failure = async (): Promise<string> => startEstate({ nodes: 1, vms: 0, port }).then(() => 'it started', String)
      const first = await failure()
      expect(first).toContain('EADDRINUSE')
      expect(await failure()).toBe(first)
    })
  })

  const impossible = [{ nodes: 0 }, { vms: -1 }, { customers: 1.5 }, { invoices: Number.NaN }, { port: 70_000 }]
  it.each(impossible)('is refused for %o', async (options) => {
    await expect(startEstate(options)).rejects.toThrow(RangeError)
  })
})

describe('the estate’s clock', () => {
  it('runs on from the instant at which it was set', async () => {
    await withEstate({ nodes: 1, vms: 0 }, async ({ clock }) => {
      expect(clock.now() - NOON).toBeLessThan(60_000)
      const before = clock.now()
      await expect.poll(() => clock.now()).toBeGreaterThan(before)
      clock.advance({ days: 2, hours: 3 })
      expect(clock.now() - before).toBeGreaterThanOrEqual(51 * 3_600_000)
      clock.set(NOON)
      expect(clock.now() - NOON).toBeLessThan(60_000)
    })
  })

  it('passes midnight without the nightly job unless that is asked for', async () => {
    await withEstate({}, ({ clock, billing, story }) => {
      const line = story.find((entry) => entry.role === 'overdue' && entry.expiredDays === 1)
      expect(clock.advance({ days: 1 })).toBe(0)
      expect(billing.service(line?.serviceId ?? 0)?.status).toBe('active')
      expect(clock.advance({ days: 1, nightly: true })).toBe(1)
      expect(billing.service(line?.serviceId ?? 0)?.status).toBe('suspended')
    })
  })

  it('runs the job at the midnights of Paymenter’s own zone, each as that night', async () => {
    await withEstate({ timeZone: 'Asia/Kolkata' }, ({ clock, billing }) => {
      expect(clock.advance({ days: 10, nightly: true })).toBe(10)
      expect(billing.today()).toBe('2026-12-02')
      const written = billing.invoices().filter((invoice) => invoice.created_at > NOON)
      expect(written.length).toBeGreaterThan(5)
      for (const invoice of written) expect(new Date(invoice.created_at).toISOString()).toMatch(/T18:30:30/)
    })
  })
})
