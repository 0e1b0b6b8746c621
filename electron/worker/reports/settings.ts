// What the operator chose for reports: the fiscal year, rates between currencies, the month's report, and what nodes cost.
import { eq } from 'drizzle-orm'
import { readSetting, writeSetting } from '../../../db/repositories/settings.ts'
import type { Orm } from '../../../db/open.ts'
import { nodeCosts, nodes } from '../../../db/schema.ts'
import type { MethodOutput, MethodParsedInput } from '../../../shared/contract/index.ts'
import { reportSettings } from '../../../shared/contract/reports.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { asId, type NodeId } from '../../../shared/domain/ids.ts'
import { parseMailAddress } from '../../../shared/domain/notices/mailAddress.ts'
import { parseRate, type Rates } from '../../../shared/domain/revenue/convert.ts'

export type ReportSettings = MethodOutput<'reports.setSettings'>

const key = 'reports'
const usual: ReportSettings = { firstMonth: 1, rates: { on: false, base: 'INR', rates: {} }, monthly: { on: true, paper: 'a4', mail: true, mailTo: null } }

/** The settings as saved; what is missing or does not fit any more is as at first. */
export function readReportSettings(orm: Orm): ReportSettings {
  const stored = reportSettings.partial().safeParse(readSetting(orm, key) ?? {})
  const { firstMonth, rates, monthly } = stored.success ? stored.data : {}
  return { firstMonth: firstMonth ?? usual.firstMonth, rates: rates ?? usual.rates, monthly: monthly ?? usual.monthly }
}

/** Throws `report.invalid-rate` when a rate is not a plain decimal above nothing, `report.invalid-address`; then nothing is saved. */
export function saveReportSettings(orm: Orm, wish: MethodParsedInput<'reports.setSettings'>): ReportSettings {
  const before = readReportSettings(orm)
  const { firstMonth, rates, monthly } = wish
  for (const [currency, rate] of Object.entries(rates?.rates ?? {})) {
    if (parseRate(rate) === null)
      throw new Failure(
        'report.invalid-rate',
        `The rate of ${currency}, “${rate.slice(0, 40)}”, is not a number above nothing.`,
        'Write it as a plain decimal: 83.20.',
      )
  }
  if (monthly?.mailTo !== undefined && monthly.mailTo !== null && parseMailAddress(monthly.mailTo) === null)
    throw new Failure('report.invalid-address', `“${monthly.mailTo.slice(0, 80)}” is not a mail address.`, 'Write it like you@example.com, or leave it empty: then the sender’s own address is used.')
  const saved: ReportSettings = {
    firstMonth: firstMonth ?? before.firstMonth,
    rates: rates ?? before.rates,
    monthly: monthly ?? before.monthly,
  }
  writeSetting(orm, key, saved)
  return saved
}

/** The rates in force, or null while they are off. */
export function ratesInForce(orm: Orm): Rates | null {
  const { on, base, rates } = readReportSettings(orm).rates
  return on ? { base, rates } : null
}

export function readNodeCosts(orm: Orm): MethodOutput<'reports.settings'>['nodeCosts'] {
  return orm
    .select()
    .from(nodeCosts)
    .all()
    .map(({ nodeId, amountMinor, currency }) => ({ nodeId, cost: { amountMinor, currency } }))
}

/** Throws `node.unknown`, and `report.invalid-cost` for a cost below nothing. */
export function saveNodeCost(orm: Orm, { nodeId: text, cost }: MethodParsedInput<'reports.setNodeCost'>): void {
  const nodeId = asId<NodeId>(text)
  if (orm.select({ id: nodes.id }).from(nodes).where(eq(nodes.id, nodeId)).get() === undefined)
    throw new Failure('node.unknown', 'That node is not known here.')
  if (cost === null) {
    orm.delete(nodeCosts).where(eq(nodeCosts.nodeId, nodeId)).run()
    return
  }
  if (cost.amountMinor < 0) throw new Failure('report.invalid-cost', 'A node’s monthly cost cannot be below nothing.')
  orm
    .insert(nodeCosts)
    .values({ nodeId, ...cost })
    .onConflictDoUpdate({ target: nodeCosts.nodeId, set: cost })
    .run()
}
