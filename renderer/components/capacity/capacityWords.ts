// Capacity in words: when something is full and how sure that is, how far it is promised, what runs out first.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import type { Tone } from '../Tag.tsx'

export type Outlook = MethodOutput<'capacity.outlook'>
export type NodeOutlook = Outlook['nodes'][number]
export type Forecast = NodeOutlook['disk']
export type CapacityPlan = Outlook['plans'][number]
export type Limit = NonNullable<CapacityPlan['nodes'][number]['limit']>

const soonDays = 30
const wholeDays = (days: number): string => Math.round(days).toLocaleString()

function span(days: number): string {
  return days >= 3_650 ? 'years' : `${wholeDays(days)} days`
}

/** `48 days`, `steady`, `full`, `–`. */
export function fullInWords(forecast: Forecast): string {
  switch (forecast.kind) {
    case 'full':
      return span(forecast.days)
    case 'now':
      return 'full now'
    case 'steady':
      return 'no growth'
    case 'unknown':
      return '–'
  }
}

/** `40 to 61 days`: where the true day lies with 95 % certainty, if it goes on like this. */
export function certaintyWords(forecast: Forecast): string {
  switch (forecast.kind) {
    case 'full':
      return forecast.latest === null
        ? `${wholeDays(forecast.soonest)} days at the soonest, perhaps never`
        : `${wholeDays(forecast.soonest)} to ${span(forecast.latest)}, 95 % certain, from ${wholeDays(forecast.overDays)} days`
    case 'now':
      return 'nothing is left'
    case 'steady':
      return `no growth that could be told from chance in ${wholeDays(forecast.overDays)} days`
    case 'unknown':
      return `too little was seen yet: ${wholeDays(forecast.overDays)} of at least 5 days`
  }
}

export function forecastTone(forecast: Forecast): Tone | null {
  if (forecast.kind === 'now') return 'bad'
  return forecast.kind === 'full' && forecast.days <= soonDays ? 'warn' : null
}

/** The sooner of the two; what is unknown only if nothing else is known. */
export function soonest(node: NodeOutlook): { readonly of: 'disk' | 'memory'; readonly forecast: Forecast } {
  const rank = ({ kind, ...rest }: Forecast): number =>
    kind === 'now' ? 0 : kind === 'full' && 'days' in rest ? 1 + rest.days : kind === 'steady' ? 1e6 : 1e7
  return rank(node.memory) < rank(node.disk) ? { of: 'memory', forecast: node.memory } : { of: 'disk', forecast: node.disk }
}

/** `1.25 : 1`; a dash where it is not known. */
export function ratioWords(ratio: number | null): string {
  return ratio === null ? '–' : `${ratio.toFixed(2)} : 1`
}

export const limitWords: Readonly<Record<Limit, string>> = { vcpu: 'vCPU', memory: 'memory', disk: 'disk' }

export function sizeWords(plan: Pick<CapacityPlan, 'vcpus' | 'memoryMiB' | 'diskGiB'>): string {
  const memory = plan.memoryMiB >= 1024 ? `${String(Math.round((plan.memoryMiB / 1024) * 10) / 10)} GB` : `${String(plan.memoryMiB)} MB`
  return `${String(plan.vcpus)} vCPU · ${memory} · ${String(plan.diskGiB)} GB`
}
