// The daily record of services: written after each complete sync, one row for each change, and what reports make of it.
import { expect, it } from 'vitest'
import { Reports } from '../../electron/worker/reports/reports.ts'
import { BillingWorld, dayMs } from '../helpers/billingWorld.ts'

interface Recorded {
  readonly day: string
  readonly serviceId: number
  readonly status: string
  readonly priceMinor: number | null
  readonly kind: string | null
  readonly periodUnit: string | null
}

function recordOf(world: BillingWorld): Recorded[] {
  return world.all<Recorded>(
    `select day, service_id as serviceId, status, price_minor as priceMinor, kind, period_unit as periodUnit
     from service_days order by day, service_id`,
  )
}

const daysOf = (world: BillingWorld): string[] =>
  world.all<{ day: string }>('select day from record_days order by day').map((row) => row.day)

it('holds what is there on its first day, and afterwards only what changed, on the day on which it did', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync(true)
  const first = { day: '2026-11-22', status: 'active', priceMinor: 499_00, kind: 'recurring', periodUnit: 'month' }
  expect(recordOf(world)).toEqual([
    { serviceId: 1, ...first },
    { serviceId: 2, ...first },
  ])
  world.clock.advance(dayMs)
  await world.sync()
  expect(recordOf(world).length).toBe(2)
  expect(daysOf(world)).toEqual(['2026-11-22', '2026-11-23'])
  world.clock.advance(dayMs)
  world.paymenter.setService(2, { price: '999.00', product_id: 3, plan_id: 4 })
  await world.sync()
  expect(recordOf(world).slice(2)).toEqual([
    { day: '2026-11-24', serviceId: 2, status: 'active', priceMinor: 999_00, kind: 'recurring', periodUnit: 'month' },
  ])
})

it('keeps the last state of a day, and nothing of what came and went within it', async () => {
  await using world = await BillingWorld.withShop({ customers: 1 })
  await world.sync(true)
  world.clock.advance(dayMs)
  world.paymenter.setService(1, { status: 'suspended' })
  await world.sync()
  expect(recordOf(world).map((row) => [row.day, row.status])).toEqual([
    ['2026-11-22', 'active'],
    ['2026-11-23', 'suspended'],
  ])
  world.paymenter.setService(1, { status: 'active' })
  await world.sync()
  expect(recordOf(world).map((row) => [row.day, row.status])).toEqual([['2026-11-22', 'active']])
})

it('says of a service that was deleted that it is gone', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync(true)
  world.clock.advance(dayMs)
  world.paymenter.deleteRow('services', 1)
  await world.sync(true)
  expect(recordOf(world).at(-1)).toMatchObject({ day: '2026-11-23', serviceId: 1, status: 'gone' })
})

it('has no day on which a sync did not come to its end', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync(true)
  world.clock.advance(dayMs)
  world.paymenter.faults.maintenance = true
  await world.sync(true).catch(() => undefined)
  expect(daysOf(world)).toEqual(['2026-11-22'])
  world.paymenter.faults.maintenance = false
  world.clock.advance(dayMs)
  await world.sync(true)
  expect(daysOf(world)).toEqual(['2026-11-22', '2026-11-24'])
})

it('makes the movements of reports: an upgrade between two recorded days, marked where a day between them is missing', async () => {
  await using world = await BillingWorld.withShop({ customers: 2 })
  await world.sync(true)
  world.clock.advance(9 * dayMs)
  await world.sync(true)
  world.clock.advance(dayMs)
  world.paymenter.setService(2, { price: '999.00', product_id: 3, plan_id: 4 })
  await world.sync()
  const reports = new Reports(world.context)
  const [november, december] = reports.mrr({ from: '2026-11', to: '2026-12' }).rows
  expect(november).toMatchObject({ closingMinor: 998_00, reconstructed: true })
  expect(december).toMatchObject({ expansionMinor: 500_00, closingMinor: 1498_00, reconstructed: false })
  expect(reports.rows({ figure: 'expansion', currency: 'INR', from: '2026-12-01', to: '2026-12-31' }).rows).toEqual([
    expect.objectContaining({ serviceId: 2, day: '2026-12-02', amountMinor: 500_00, marked: false }),
  ])
  reports.close()
})
