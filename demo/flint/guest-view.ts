// How a simulated guest sees the VM that it runs in.

/** What the guest knows of itself, and what it may do to itself. */
export interface GuestView {
  name: string
  vcpus: number
  memoryKiB: number
  diskGiB: number
  ipAddresses: string[]
  osInfo: string
  /** UTC milliseconds. */
  now: () => number
  bootedAt: () => number
  cpuPercent: () => number
  powerOff: () => void
  reboot: () => void
}
