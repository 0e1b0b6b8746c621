// `report …` as a real process over a mirror whose Paymenter is gone: keys, months, CSV, exit codes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type CommandOutcome, runCommand } from '../helpers/program.ts'
import { openReportsWorld, type ReportsWorld } from '../helpers/reportsWorld.ts'

const minor = z.int()
const shapes = {
  mrr: z.strictObject({
    month: z.string().regex(/^\d{4}-\d{2}$/),
    currency: z.string(),
    openingMinor: minor,
    newMinor: minor,
    reactivationMinor: minor,
    expansionMinor: minor,
    contractionMinor: minor,
    churnMinor: minor,
    closingMinor: minor,
    services: z.int(),
    customers: z.int(),
    reconstructed: z.boolean(),
  }),
  cash: z.strictObject({ month: z.string(), currency: z.string(), invoicedMinor: minor, collectedMinor: minor, uncertainMinor: minor }),
  receivables: z.strictObject({ currency: z.string(), bucket: z.string(), invoices: z.int(), amountMinor: minor }),
} as const

let world: ReportsWorld

beforeAll(async () => {
  world = await openReportsWorld(Date.now())
  world.close()
})

afterAll(() => {
  world.remove()
})

async function report(...args: string[]): Promise<CommandOutcome> {
  return runCommand(['--data-dir', world.dataDir, ...args])
}

describe('the command line', () => {
  it('prints mrr, cash and receivables with exactly the keys that were promised', async () => {
    for (const [name, shape] of Object.entries(shapes)) {
      const outcome = await report('report', name, '--json')
      expect([name, outcome.code, outcome.stderr.includes('left') || outcome.stderr.includes('Left') || outcome.stderr === '']).toEqual([
        name,
        0,
        true,
      ])
      const rows = z.array(shape).parse(JSON.parse(outcome.stdout))
      expect(rows.length).toBeGreaterThan(3)
    }
  })

  it('prints every other report in the same manner, for people and as CSV', async () => {
    for (const name of ['churn', 'plans', 'nodes', 'customers', 'cohorts', 'forecast']) {
      const json = await report('report', name, '--json', '--currency', 'inr')
      const rows = z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(json.stdout))
      expect([name, json.code, rows.every((row) => row['currency'] === 'INR')]).toEqual([name, 0, true])
      const text = await report('report', name)
      const csv = await report('report', name, '--csv')
      expect([name, text.code, text.stdout.split('\n')[0]?.includes('CURRENCY')]).toEqual([name, 0, true])
      expect([name, csv.code, csv.stdout.trimEnd().split('\r\n').length]).toEqual([name, 0, rows.length + 1])
    }
  })

  it('takes months from one to another', async () => {
    const months = z
      .array(shapes.cash)
      .parse(JSON.parse((await report('report', 'cash', '--from', '2026-01', '--to', '2026-03', '--json')).stdout))
    expect(months.map((row) => row.month)).toEqual(['2026-01', '2026-02', '2026-03'])
  })

  it('tells wrong values (1) from wrong usage (2)', async () => {
    for (const [args, code] of [
      [['report', 'mrr', '--from', '2026-13'], 1],
      [['report', 'mrr', '--from', '2026-05', '--to', '2026-04'], 1],
      [['report', 'mrr', '--currency', 'rupees'], 1],
      [['report', 'profit'], 2],
      [['report'], 2],
      [['report', 'mrr', '--since', '2026-01'], 2],
    ] as const) {
      const outcome = await report(...args)
      expect([args, outcome.code, outcome.stdout]).toEqual([args, code, ''])
      expect(outcome.stderr).not.toBe('')
    }
    const json = await report('report', 'mrr', '--from', '2026-05', '--to', '2026-04', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'report.invalid-period' } })
  })
})
