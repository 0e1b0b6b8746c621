// A product's machine in a few words.
import type { ProductSpec } from '../../../shared/domain/productSpec.ts'

/** For tables: `2 vCPU · 4 GB · 80 GB`. */
export function specWords(spec: Pick<ProductSpec, 'vcpus' | 'isCpuShared' | 'memoryMiB' | 'diskGiB'>): string {
  const memory = spec.memoryMiB % 1_024 === 0 ? `${String(spec.memoryMiB / 1_024)} GB` : `${String(spec.memoryMiB)} MB`
  return `${String(spec.vcpus)}${spec.isCpuShared ? ' shared' : ''} vCPU · ${memory} · ${String(spec.diskGiB)} GB`
}
