// Money: exact, in the decimals of its currency, and never mixed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMoney, currencyExponent, formatDecimal, multiplyMoney, parseMoney } from '../../shared/domain/money.ts'

const currencies = fc.constantFrom('INR', 'USD', 'JPY', 'KWD', 'XOF', 'BHD')

test.each([
  ['499.00', 'INR', 49_900],
  [499, 'INR', 49_900],
  ['80', 'INR', 8_000],
  [' 12.5 ', 'INR', 1_250],
  ['0.00', 'INR', 0],
  ['-0.00', 'INR', 0],
  ['-25.50', 'INR', -2_550],
  ['500.00', 'JPY', 500],
  ['1.5', 'KWD', 1_500],
  ['0.1', 'INR', 10],
  ['19990.00', 'INR', 1_999_000],
])('%j %s is %j minor units', (raw, currency, amountMinor) => {
  expect(parseMoney(raw, currency)).toEqual({ amountMinor, currency })
})

test.each([
  [null, 'INR'],
  [undefined, 'INR'],
  ['abc', 'INR'],
  ['', 'INR'],
  ['1.005', 'INR'],
  ['500.50', 'JPY'],
  ['1,000.00', 'INR'],
  ['1e3', 'INR'],
  ['12.', 'INR'],
  ['.5', 'INR'],
  [Number.NaN, 'INR'],
  [Number.POSITIVE_INFINITY, 'INR'],
  ['99999999999999999', 'INR'],
  [true, 'INR'],
  ['1.00', 'inr'],
  ['1.00', ''],
])('%j %s is no amount', (raw, currency) => {
  expect(parseMoney(raw, currency)).toBeNull()
})

test('what is written is read back as it was, in every currency', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }), currencies, (amountMinor, currency) => {
      expect(parseMoney(formatDecimal({ amountMinor, currency }), currency)).toEqual({ amountMinor, currency })
    }),
  )
})

test('two decimals, as Paymenter sends them for every currency, are read where the currency has such an amount', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999 }), currencies, (whole, currency) => {
      expect(parseMoney(`${whole}.00`, currency)).toEqual({ amountMinor: whole * 10 ** currencyExponent(currency), currency })
    }),
  )
})

test('no text makes it throw, and what it takes is exact', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.anything()), currencies, (raw, currency) => {
      const money = parseMoney(raw, currency)
      if (money !== null) expect(Number.isSafeInteger(money.amountMinor)).toBe(true)
    }),
  )
})

test('amounts of different currencies are never added', () => {
  expect(() => addMoney({ amountMinor: 1, currency: 'INR' }, { amountMinor: 1, currency: 'USD' })).toThrow('INR')
  expect(addMoney({ amountMinor: 1, currency: 'INR' }, { amountMinor: 2, currency: 'INR' })).toEqual({ amountMinor: 3, currency: 'INR' })
  expect(multiplyMoney({ amountMinor: 25_050, currency: 'INR' }, 2)).toEqual({ amountMinor: 50_100, currency: 'INR' })
})

test('the decimal form has the currency’s decimals', () => {
  expect([
    formatDecimal({ amountMinor: 5, currency: 'INR' }),
    formatDecimal({ amountMinor: -5, currency: 'INR' }),
    formatDecimal({ amountMinor: 500, currency: 'JPY' }),
    formatDecimal({ amountMinor: 1_500, currency: 'KWD' }),
  ]).toEqual(['0.05', '-0.05', '500', '1.500'])
})
