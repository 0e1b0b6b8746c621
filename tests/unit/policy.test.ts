// Policy values: what is typed is read strictly; overrides; business hours; the limit.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../shared/domain/failure.ts'
import { asId, type CustomerId, type ProductId } from '../../shared/domain/ids.ts'
import { defaultPolicy, effectivePolicy, formatPolicyValue, parsePolicyValue, policyKeys, runLimit, withinBusinessHours, type PolicyKey } from '../../shared/domain/policy.ts'

const wrong: readonly [PolicyKey, string][] = [
  ...(['graceDays', 'warnDaysBefore', 'terminateAfterDays', 'retentionDays'] as const).flatMap((key) =>
    ['', ' ', '0', '-1', '366', '1.5', '7d', 'three', '1e2', '٣', '+3', '03 ', '99999999'].map((text): [PolicyKey, string] => [key, text]),
  ),
  ...['', '0', '-1', 'on', '400'].map((text): [PolicyKey, string] => ['trialDays', text]),
  ...['', '0', '3601', 'auto'].map((text): [PolicyKey, string] => ['forceAfterSeconds', text]),
  ...['', '0', '-5', '10001', 'off'].map((text): [PolicyKey, string] => ['maxPerRun', text]),
  ...['', 'yes', 'true', '1', 'ON'].flatMap((text): [PolicyKey, string][] => [['writeStatus', text], ['requirePaymenterSuspended', text]]),
  ...['', 'Auto', 'automatic', 'off'].map((text): [PolicyKey, string] => ['mode', text]),
  ...['', '9-18', 'Mon-Fri', 'Mon-Fri 18:00-09:00', 'Mon-Fri 9:00-18:00', 'Lun 09:00-18:00', 'Mon 09:00-25:00', 'Mon 09:00-24:30'].map((text): [PolicyKey, string] => ['businessHours', text]),
]

describe('a policy value', () => {
  it.each(wrong)('%s=“%s” is refused with a reason', (key, text) => {
    try {
      parsePolicyValue(key, text)
    } catch (error) {
      expect(error).toBeInstanceOf(Failure)
      expect((error as Failure).code).toBe('policy.invalid')
      expect((error as Failure).message).toContain(key)
      return
    }
    expect.unreachable(`${key}=${text} was accepted`)
  })

  it('reads back what it is shown as, for every key', () => {
    for (const key of policyKeys) expect(parsePolicyValue(key, formatPolicyValue(defaultPolicy[key]))).toEqual(defaultPolicy[key])
  })

  it('takes whole days from 1 to 365 and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const expected = /^[0-9]{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= 365
        let accepted = true
        try {
          parsePolicyValue('graceDays', text)
        } catch {
          accepted = false
        }
        expect(accepted).toBe(expected)
      }),
    )
  })
})

describe('overrides', () => {
  it('apply by product, then by customer', () => {
    const productId = asId<ProductId>(2)
    const customerId = asId<CustomerId>(7)
    const overrides = [
      { productId, customerId: null, values: { graceDays: 5, trialDays: 30 } },
      { productId: null, customerId, values: { graceDays: 30 } },
    ]
    expect(effectivePolicy(defaultPolicy, overrides, productId, customerId)).toMatchObject({ graceDays: 30, trialDays: 30 })
    expect(effectivePolicy(defaultPolicy, overrides, productId, null)).toMatchObject({ graceDays: 5, trialDays: 30 })
    expect(effectivePolicy(defaultPolicy, overrides, null, null)).toEqual(defaultPolicy)
  })
})

describe('the limit of a run', () => {
  it('is 5 % of the linked services, at least 3, or what is set', () => {
    expect(runLimit(defaultPolicy, 0)).toBe(3)
    expect(runLimit(defaultPolicy, 79)).toBe(3)
    expect(runLimit(defaultPolicy, 200)).toBe(10)
    expect(runLimit({ ...defaultPolicy, maxPerRun: 1 }, 200)).toBe(1)
  })
})

describe('business hours', () => {
  it('hold on their days, from the first minute to before the last', () => {
    const hours = 'Mon-Fri 09:00-18:00'
    expect(withinBusinessHours(hours, 1, 9 * 60)).toBe(true)
    expect(withinBusinessHours(hours, 1, 9 * 60 - 1)).toBe(false)
    expect(withinBusinessHours(hours, 5, 18 * 60 - 1)).toBe(true)
    expect(withinBusinessHours(hours, 5, 18 * 60)).toBe(false)
    expect(withinBusinessHours(hours, 0, 12 * 60)).toBe(false)
    expect(withinBusinessHours('Sat-Mon 00:00-24:00', 0, 0)).toBe(true)
    expect(withinBusinessHours('Sat-Mon 00:00-24:00', 3, 0)).toBe(false)
    expect(withinBusinessHours('always', 3, 0)).toBe(true)
    expect(withinBusinessHours('nonsense', 3, 0)).toBe(false)
  })
})
