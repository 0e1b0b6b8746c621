// Steering a running estate from another process.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Estate } from '../../demo/estate.ts'
import { startEstate } from '../../demo/estate.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')
let estate: Estate

beforeAll(async () => {
  estate = await startEstate({ startAt: NOON, listDelayMs: 0, stopDelayMs: 0 })
})

afterAll(async () => {
  await estate.stop()
})

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; value: unknown }> {
  const answer = await fetch(estate.control.url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: answer.status, value: await answer.json() }
}

function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${estate.control.url}/estate`, { headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    outgoing.on('error', reject).end()
  })
}

describe('the control line', () => {
  it('sums the estate up, without a secret', async () => {
    const { value } = await control('GET', '/estate')
    expect(value).toMatchObject({
      timeZone: 'UTC',
      nodes: [{ name: 'blr-1', url: estate.nodes[0]?.url, vms: 20 }, {}, {}],
      billing: { customers: 45 },
    })
    const text = JSON.stringify(value)
    for (const secret of [...Object.values(estate.nodeKeys), ...Object.values(estate.billing.tokens)]) expect(text).not.toContain(secret)
  })

  it('switches faults of a node and of billing, and off again', async () => {
    expect((await control('POST', '/nodes/blr-2/faults', { limitedMode: true, hangMs: 5 })).status).toBe(200)
    expect(estate.nodes[1]?.faults).toMatchObject({ limitedMode: true, hangMs: 5 })
    await control('POST', '/nodes/blr-2/faults', { reset: true })
    expect(estate.nodes[1]?.faults).toMatchObject({ limitedMode: false, hangMs: 0 })
    await control('POST', '/billing/faults', { maintenance: true, failPage: { resource: 'invoices', page: 2 } })
    expect(estate.billing.faults).toMatchObject({ maintenance: true, failPage: { resource: 'invoices', page: 2 } })
    await control('POST', '/billing/faults', { reset: true, failPage: null })
    expect(estate.billing.faults).toMatchObject({ maintenance: false, failPage: undefined })
  })

  it('refuses what it does not understand, and changes nothing then', async () => {
    const typo = await control('POST', '/billing/faults', { maintenance: true, typo: true })
    expect(typo).toEqual({ status: 400, value: { error: 'Unknown fault: typo' } })
    expect((await control('POST', '/billing/faults', { maintenance: 'yes' })).status).toBe(400)
    expect((await control('POST', '/billing/faults', [])).status).toBe(400)
    expect(estate.billing.faults.maintenance).toBe(false)
    expect((await control('POST', '/nodes/nowhere/reboot')).status).toBe(404)
    expect((await control('GET', '/clock/advance')).status).toBe(405)
    expect((await control('POST', '/clock/advance', { weeks: 1 })).status).toBe(400)
    expect((await control('POST', '/billing/invoices/999999/pay')).status).toBe(404)
  })

  it('pays an invoice, which gives the service a new expiry', async () => {
    const line = estate.story.find((entry) => entry.role === 'overdue' && entry.expiredDays === 5)
    const serviceId = line?.serviceId ?? 0
    expect(estate.billing.service(serviceId)?.status).toBe('suspended')
    const open = estate.billing.invoicesOf(serviceId).find((invoice) => invoice.status === 'pending')
    expect((await control('POST', `/billing/invoices/${open?.id}/pay`)).value).toMatchObject({ id: open?.id, status: 'paid' })
    expect(estate.billing.service(serviceId)).toMatchObject({ status: 'active', expires_at: '2026-12-22' })
  })

  it('moves the clock on with its nights, and runs the nightly job', async () => {
    const { value } = await control('POST', '/clock/advance', { days: 2, nightly: true })
    expect(value).toMatchObject({ nightlyJobs: 2 })
    expect((await control('POST', '/billing/nightly-job')).value).toMatchObject({ suspended: 0, terminated: 0 })
  })

  it('shows a node’s machines, which are all off after a reboot', async () => {
    const states = async (): Promise<Set<string>> => {
      const { value } = await control('GET', '/nodes/hyd-1/vms')
      const machines = value as { state: string }[]
      expect(machines).toHaveLength(20)
      return new Set(machines.map((machine) => machine.state))
    }
    expect(await states()).toContain('Running')
    await control('POST', '/nodes/hyd-1/reboot')
    expect(await states()).toEqual(new Set(['Shutoff']))
  })

  it('tells what was asked of whom', async () => {
    await fetch(`${estate.billing.url}/api/v1/admin/users`, { headers: { authorization: `Bearer ${estate.billing.tokens.full}` } })
    const { value } = await control('GET', '/requests')
    const asked = { method: 'GET', path: '/api/v1/admin/users', status: 200, token: 'full' }
    expect(value).toMatchObject({ billing: [asked], nodes: { 'blr-1': [] } })
  })

  it('does not listen to web pages, nor under another name', async () => {
    expect(await statusFor({ host: 'rebound.example' })).toBe(403)
    expect(await statusFor({ origin: 'http://127.0.0.1' })).toBe(403)
    expect(await statusFor({})).toBe(200)
  })
})
