// The fleet's filter language: what it reads, what it finds, and that it holds for any text and any row.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseVmFilter, VmTable, type FilterableVm } from '../../shared/domain/vmFilter.ts'

function vm(change: Partial<FilterableVm> = {}): FilterableVm {
  return {
    name: 'vps-104-business-vps',
    uuid: '13a9b74d-fce6-4c62-814c-1bc3bac050f7',
    nodeName: 'blr-1',
    states: ['running'],
    customerName: 'Zoë Acme',
    productName: 'Business VPS',
    serviceId: 104,
    serviceStatus: 'active',
    hold: null,
    addresses: ['10.0.0.4', 'fd00::4'],
    tags: ['gold', 'shop'],
    note: 'Pays late',
    isProtected: false,
    isSuspended: false,
    memoryKiB: 4 * 1_048_576,
    vcpus: 2,
    cpuPercent: 37.5,
    ...change,
  }
}

function fits(text: string, row: FilterableVm = vm()): boolean {
  return new VmTable([row]).select(parseVmFilter(text)).length === 1
}

describe('a filter', () => {
  test.each([
    'node:blr-1 state:running customer:acme mem:>=4g',
    'customer:zoe',
    'CUSTOMER:ZOË',
    'acme business',
    '"pays late"',
    'state:off,running',
    'node:=blr-1',
    'mem:4g',
    'mem:4096',
    'mem:<4.1gb',
    'memory:>4000m',
    'vcpu:2 cpu:>30 cpu:<=37.5%',
    'tag:gold -tag:old',
    'ip:10.0.0',
    'hold:none',
    '-is:protected is:linked',
    'service:104',
    'state:',
    'mem:>',
    '',
    '-',
    'fd00::4',
  ])('%s fits', (text) => {
    expect(fits(text)).toBe(true)
  })

  test.each([
    'mem:>4g',
    'node:blr-2',
    '-state:running',
    'node:=blr',
    'is:protected',
    'tag:none',
    'cpu:>40',
    'customer:acme nobody',
    '-gold',
    'vcpu:=3',
    'mem:<512m',
  ])('%s does not fit', (text) => {
    expect(fits(text)).toBe(false)
  })

  test.each([
    ['mem:>lots', 'mem'],
    ['cpu:4g', 'cpu'],
    ['is:happy', 'protected, suspended'],
  ])('%s is a problem that is said, and fits nothing', (text, said) => {
    expect(parseVmFilter(text).problems[0]).toContain(said)
    expect(fits(text)).toBe(false)
  })

  test('an unknown figure fits no comparison, whichever way', () => {
    const row = vm({ cpuPercent: null })
    expect(fits('cpu:>0', row)).toBe(false)
    expect(fits('cpu:<1000', row)).toBe(false)
  })
})

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', 'ë', '1', '-', '.', ':'), minLength: 1, maxLength: 12 })
const row: fc.Arbitrary<FilterableVm> = fc.record({
  name: word,
  uuid: fc.uuid(),
  nodeName: word,
  states: fc.constantFrom(['running'], ['off', 'shutoff'], ['suspended', 'shutoff']),
  customerName: fc.option(word),
  productName: fc.option(word),
  serviceId: fc.option(fc.nat()),
  serviceStatus: fc.option(fc.constantFrom('active', 'suspended')),
  hold: fc.option(fc.constantFrom('no-stop', 'no-start')),
  addresses: fc.array(fc.ipV4(), { maxLength: 2 }),
  tags: fc.array(word, { maxLength: 3 }),
  note: fc.string(),
  isProtected: fc.boolean(),
  isSuspended: fc.boolean(),
  memoryKiB: fc.nat(64 * 1_048_576),
  vcpus: fc.integer({ min: 1, max: 64 }),
  cpuPercent: fc.option(fc.double({ min: 0, max: 6_400, noNaN: true })),
})
const piece = fc.constantFrom('node:', 'mem:', '>', '<=', '=', '4g', 'running', '"', ' ', '-', 'state:', 'is:', 'tag:', ',', 'a', 'ë', ':')
const text = fc.oneof(
  fc.string(),
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
)

describe('for any text and any row', () => {
  test('reading never throws', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(() => parseVmFilter(given)).not.toThrow()
      }),
    )
  })

  test('more terms never find more', () => {
    fc.assert(
      fc.property(text, text, row, (first, second, vmRow) => {
        if (fits(`${first} ${second}`, vmRow) && !first.includes('"')) expect(fits(first, vmRow)).toBe(true)
      }),
    )
  })

  test('a term and its negation divide the rows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('node:a', 'state:running', 'mem:>4g', 'tag:b', 'is:protected', 'zz', 'customer:none'),
        row,
        (term, vmRow) => {
          expect(fits(term, vmRow)).toBe(!fits(`-${term}`, vmRow))
        },
      ),
    )
  })

  test('a table gives its rows in order, and what it has kept changes nothing', () => {
    fc.assert(
      fc.property(text, text, fc.array(row, { maxLength: 8 }), (first, second, rows) => {
        const table = new VmTable(rows)
        for (const given of [first, second]) {
          const alone = rows.flatMap((vmRow, at) => (fits(given, vmRow) ? [at] : []))
          expect(table.select(parseVmFilter(given))).toEqual(alone)
        }
      }),
    )
  })

  test('memory compares as numbers do', () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 64 }), (vmRow, gigabytes) => {
        expect(fits(`mem:>${String(gigabytes)}g`, vmRow)).toBe(vmRow.memoryKiB > gigabytes * 1_048_576)
        expect(fits(`mem:<=${String(gigabytes)}g`, vmRow)).toBe(vmRow.memoryKiB <= gigabytes * 1_048_576)
      }),
    )
  })
})
