// What a simulated Flint node is made from: its options, its VMs' seeds, and the clock it lives by.

/** The estate's clock. It may run ahead of real time or be moved; nothing in the simulator reads another one for what it shows. */
export interface SimulatedClock {
  /** UTC milliseconds. */
  now(): number
}

/** A VM that exists when the node starts. */
export interface VmSeed {
  name: string
  uuid: string
  memoryKiB: number
  vcpus: number
  diskGiB: number
  state: 'Running' | 'Shutoff' | 'Paused'
  /** Ignores ACPI: `stop` and `reboot` are accepted and nothing happens, ever. */
  stubborn?: boolean
  /** Defined without ACPI, as Flint itself does it: no guest of it hears `stop` or `reboot`, and nothing can be added while it runs. */
  withoutAcpi?: boolean
  /** Obeys `stop` and `reboot`, but only after this long. */
  slowStopMs?: number
  /** What the guest agent reports; without it the agent does not answer and the list shows null. */
  ipAddresses?: string[]
  osInfo?: string
  /** `pool` (the default): made by Flint, its disk a volume of Flint's pool. `file`: made by hand outside of it, without a NIC. */
  origin?: 'pool' | 'file'
  /** A real VNC server on this port of the loopback stands behind the VM's screen; absent: a simulated one. */
  vncPort?: number
  /** Likewise a real terminal behind its serial line. */
  serialPort?: number
}

/** A template or CD image in Flint's own library. */
export interface ImageSeed {
  name: string
  sizeBytes: number
}

export interface FlintNodeOptions {
  hostname: string
  /** 64 hex characters; null: the node was set up with a passphrase only, and no key is in force. */
  key: string | null
  passphrase?: string
  cpuCores: number
  memoryKiB: number
  storageBytes: number
  vms: VmSeed[]
  clock: SimulatedClock
  /** How long `GET /api/vms` samples the CPU: 1,000 unless said, as in Flint. */
  listDelayMs?: number
  /** 0 or absent: any free port of the loopback. */
  port?: number
  /** Decides the load curves, MAC addresses, ids; the hostname is mixed in. */
  seed?: number
  /** How long an obedient guest takes to shut down or reboot: 3,000 unless said. */
  stopDelayMs?: number
  /** How long a download of an image takes: 12,000 unless said. */
  downloadMs?: number
  /** The image library; two Linux templates unless said. */
  images?: ImageSeed[]
}

/** One answered request, for tests: the token in a console's address is redacted; status 0 means that no answer was sent. */
export interface RequestRecord {
  method: string
  path: string
  /** UTC milliseconds of the simulated clock. */
  at: number
  status: number
  /** The power action asked for, where there was one. */
  action?: string
}
