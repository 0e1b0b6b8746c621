// What machine a product stands for: Paymenter does not know, so the operator says so here. The presets, how a node's image fits, and as a size for a new VM.
import type { VmPlan } from './vmPlans.ts'

export const backupRhythms = ['none', 'weekly', 'daily'] as const
export type BackupRhythm = (typeof backupRhythms)[number]

export interface ProductSpec {
  /** Whole ones, as a node gives them. */
  readonly vcpus: number
  /** Sold as a part of a vCPU: the machine has whole ones and shares them. */
  readonly isCpuShared: boolean
  readonly memoryMiB: number
  readonly diskGiB: number
  /** A month, in GB of 10^9 bytes; null: not limited. */
  readonly bandwidthGB: number | null
  /** Parts of the names of images that may be chosen; null: every image. */
  readonly images: readonly string[] | null
  /** Null: not limited. */
  readonly snapshotsKept: number | null
  readonly backups: BackupRhythm
  /** Null: no trial. */
  readonly trialDays: number | null
}

export interface SpecPreset {
  readonly id: string
  readonly name: string
  /** What it is meant to cost a month. */
  readonly price: { readonly amountMinor: number; readonly currency: string }
  readonly note: string
  readonly spec: ProductSpec
}

export const specPresets: readonly SpecPreset[] = [
  {
    id: 'free',
    name: 'Free',
    price: { amountMinor: 0, currency: 'INR' },
    note: 'Half a vCPU, shared: a node gives whole ones, so it is one that others use too. Suspended after the trial unless upgraded.',
    spec: { vcpus: 1, isCpuShared: true, memoryMiB: 512, diskGiB: 10, bandwidthGB: 500, images: ['ubuntu-22.04'], snapshotsKept: 1, backups: 'none', trialDays: 30 },
  },
  {
    id: 'starter',
    name: 'Starter',
    price: { amountMinor: 49_900, currency: 'INR' },
    note: 'One vCPU of its own.',
    spec: { vcpus: 1, isCpuShared: false, memoryMiB: 2_048, diskGiB: 40, bandwidthGB: 2_000, images: ['ubuntu', 'debian', 'centos'], snapshotsKept: 1, backups: 'none', trialDays: null },
  },
  {
    id: 'professional',
    name: 'Professional',
    price: { amountMinor: 99_900, currency: 'INR' },
    note: 'Fedora too, three snapshots, a backup a week.',
    spec: {
      vcpus: 2,
      isCpuShared: false,
      memoryMiB: 4_096,
      diskGiB: 80,
      bandwidthGB: 4_000,
      images: ['ubuntu', 'debian', 'centos', 'fedora'],
      snapshotsKept: 3,
      backups: 'weekly',
      trialDays: null,
    },
  },
  {
    id: 'business',
    name: 'Business',
    price: { amountMinor: 199_900, currency: 'INR' },
    note: 'Every image, as many snapshots as wanted, a backup a day.',
    spec: { vcpus: 4, isCpuShared: false, memoryMiB: 8_192, diskGiB: 160, bandwidthGB: 8_000, images: null, snapshotsKept: null, backups: 'daily', trialDays: null },
  },
]

/** The preset that a product's name speaks of; null when none does. */
export function presetOfName(name: string): SpecPreset | null {
  const words = name.toLowerCase().split(/[^a-z]+/)
  return specPresets.find((preset) => words.includes(preset.id)) ?? null
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** Whether an image may be chosen: one of the spec's names occurs in its name, whatever stands between the letters (`Ubuntu 22.04`, `ubuntu-22.04-server`). */
export function allowsImage(spec: Pick<ProductSpec, 'images'>, imageName: string): boolean {
  if (spec.images === null) return true
  const name = plain(imageName)
  return spec.images.some((part) => plain(part) !== '' && name.includes(plain(part)))
}

/** As a size for a new VM. */
export function sizeOfSpec(productId: number, name: string, spec: Pick<ProductSpec, 'vcpus' | 'memoryMiB' | 'diskGiB'>): VmPlan {
  return { id: `product-${productId}`, name, vcpus: spec.vcpus, memoryMiB: spec.memoryMiB, diskGiB: spec.diskGiB }
}
