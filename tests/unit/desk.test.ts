// Figures of a customer, and the machines that products stand for.
import { describe, expect, test } from 'vitest'
import { daysLateOnAverage, monthlyValue } from '../../shared/domain/customerFigures.ts'
import { allowsImage, presetOfName, sizeOfSpec, specPresets } from '../../shared/domain/productSpec.ts'

const at = (text: string): number => Date.parse(text)
const paid = (dueAt: string | null, paidAt: string, notBefore: string | null = null) => ({ status: 'paid', dueAt, paidAt: at(paidAt), paidNotBefore: notBefore === null ? null : at(notBefore) })
const zone = 'Asia/Kolkata'

describe('days late on average', () => {
  test('are counted in Paymenter’s days, early payments as none', () => {
    const invoices = [paid('2026-10-01', '2026-10-05T19:00:00Z'), paid('2026-10-01', '2026-09-20T10:00:00Z')]
    expect(daysLateOnAverage(invoices, zone)).toEqual({ days: 2.5, of: 2 })
  })

  test('leave out what is unpaid, undated, or was paid at a time that nobody saw', () => {
    const unseen = paid('2026-01-01', '2026-10-05T10:00:00Z', '2026-01-01T00:00:00Z')
    expect(daysLateOnAverage([unseen, paid(null, '2026-10-05T10:00:00Z'), { status: 'pending', dueAt: '2026-01-01', paidAt: null, paidNotBefore: null }], zone)).toBeNull()
    expect(daysLateOnAverage([unseen, paid('2026-10-04', '2026-10-05T10:00:00Z', '2026-10-05T09:55:00Z')], zone)).toEqual({ days: 1, of: 1 })
  })

  test('are not told from the invoices alone that were certainly paid in time, when those that may have been late are left out', () => {
    const first = paid('2026-01-19', '2026-01-12T10:00:00Z', '2026-01-05T00:00:00Z')
    const late = paid('2026-02-12', '2026-02-16T10:00:00Z', '2026-02-06T00:00:00Z')
    expect(daysLateOnAverage([first, late], zone)).toBeNull()
    expect(daysLateOnAverage([first, late, paid('2026-03-16', '2026-03-20T10:00:00Z', '2026-03-20T09:55:00Z')], zone)).toEqual({ days: 4, of: 1 })
  })
})

describe('the monthly value', () => {
  const service = { status: 'active', price: { amountMinor: 120_000, currency: 'INR' }, quantity: 1, billed: { kind: 'recurring', count: 1, unit: 'month' }, gone: false }

  test('is normalised to months and never adds currencies', () => {
    const yearly = { ...service, billed: { kind: 'recurring', count: 1, unit: 'year' } }
    const yen = { ...service, price: { amountMinor: 500, currency: 'JPY' }, quantity: 2 }
    expect(monthlyValue([service, yearly, yen])).toEqual({ amounts: [{ amountMinor: 130_000, currency: 'INR' }, { amountMinor: 1_000, currency: 'JPY' }], untold: 0 })
  })

  test('counts what cannot be told, and nothing of suspended, free, one-time and gone services', () => {
    const others = [{ ...service, status: 'suspended' }, { ...service, gone: true }, { ...service, billed: { kind: 'free', count: null, unit: null } }, { ...service, billed: { kind: 'one-time', count: null, unit: null } }]
    expect(monthlyValue([...others, { ...service, billed: null }, { ...service, price: null }])).toEqual({ amounts: [], untold: 2 })
  })
})

describe('the presets', () => {
  test('are the four of the shop, with their prices', () => {
    expect(specPresets.map(({ name, price, spec }) => [name, price.amountMinor / 100, spec.vcpus, spec.memoryMiB, spec.diskGiB, spec.bandwidthGB, spec.snapshotsKept, spec.backups, spec.trialDays])).toEqual([
      ['Free', 0, 1, 512, 10, 500, 1, 'none', 30],
      ['Starter', 499, 1, 2_048, 40, 2_000, 1, 'none', null],
      ['Professional', 999, 2, 4_096, 80, 4_000, 3, 'weekly', null],
      ['Business', 1_999, 4, 8_192, 160, 8_000, null, 'daily', null],
    ])
    expect(specPresets.map(({ spec }) => spec.isCpuShared)).toEqual([true, false, false, false])
  })

  test('are found by a product’s name, and only by a whole word of it', () => {
    expect(presetOfName('Business VPS')?.id).toBe('business')
    expect(presetOfName('Freedom')).toBeNull()
  })

  test.each([
    ['free', 'ubuntu-22.04-server-cloudimg-amd64.img', true],
    ['free', 'ubuntu-24.04.qcow2', false],
    ['starter', 'Debian_12.qcow2', true],
    ['starter', 'fedora-41.qcow2', false],
    ['professional', 'fedora-41.qcow2', true],
    ['business', 'anything.iso', true],
  ])('%s and the image %s: %j', (id, image, expected) => {
    const preset = specPresets.find((one) => one.id === id)
    expect(preset && allowsImage(preset.spec, image)).toBe(expected)
  })

  test('are sizes for new VMs', () => {
    const spec = specPresets[3]?.spec
    expect(spec && sizeOfSpec(4, 'Business VPS', spec)).toEqual({ id: 'product-4', name: 'Business VPS', vcpus: 4, memoryMiB: 8_192, diskGiB: 160 })
  })
})
