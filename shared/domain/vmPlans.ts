// The app's own sizes for new VMs; the operator may always choose freely instead.

export interface VmPlan {
  readonly id: string
  readonly name: string
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

export const vmPlans: readonly VmPlan[] = [
  { id: 'nano', name: 'Nano', vcpus: 1, memoryMiB: 512, diskGiB: 10 },
  { id: 'starter', name: 'Starter', vcpus: 1, memoryMiB: 1_024, diskGiB: 20 },
  { id: 'standard', name: 'Standard', vcpus: 2, memoryMiB: 2_048, diskGiB: 40 },
  { id: 'business', name: 'Business', vcpus: 2, memoryMiB: 4_096, diskGiB: 60 },
  { id: 'professional', name: 'Professional', vcpus: 4, memoryMiB: 8_192, diskGiB: 120 },
  { id: 'enterprise', name: 'Enterprise', vcpus: 8, memoryMiB: 16_384, diskGiB: 240 },
]
