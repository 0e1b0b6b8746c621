// What Flint says of storage pools, volumes, images, networks, filters and its activity, and how it becomes ours.
import { z } from 'zod'

export interface FlintPool {
  readonly name: string
  /** `Active`, `Inactive`, `Degraded` … as Flint says. */
  readonly state: string
  readonly capacityBytes: number
  readonly allocatedBytes: number
}

export interface FlintVolume {
  readonly name: string
  readonly path: string
  readonly capacityBytes: number
}

export interface FlintImage {
  /** Its file name, which is its id. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  readonly type: 'template' | 'iso'
}

/** An image that Flint knows how to download. */
export interface FlintOffer {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly sizeBytes: number
  readonly os: string
  readonly description: string
  /** A file of it exists on the node: whole, half, or under way; Flint does not know either. */
  readonly hasFile: boolean
}

export interface FlintNetwork {
  readonly name: string
  readonly uuid: string
  readonly isActive: boolean
  readonly isPersistent: boolean
  readonly bridge: string
}

export interface FlintInterface {
  readonly name: string
  /** `physical`, `bridge`, `tap` … */
  readonly type: string
  readonly state: string
  readonly addresses: readonly string[]
  readonly mac: string
  readonly mtu: number
}

export interface FlintFilter {
  readonly name: string
  readonly uuid: string
  readonly xml: string
}

export interface FlintEvent {
  readonly id: string
  /** UTC milliseconds by the node's clock, whole seconds. */
  readonly at: number
  readonly action: string
  readonly target: string
  readonly status: string
  readonly message: string
}

const amount = z.number().nonnegative().catch(0)
const words = z
  .string()
  .nullish()
  .catch('')
  .transform((value) => value ?? '')
const name = z.string().min(1)

const pool = z
  .object({ name, state: words, capacity_b: amount, allocation_b: amount })
  .transform((row): FlintPool => ({ name: row.name, state: row.state, capacityBytes: row.capacity_b, allocatedBytes: row.allocation_b }))
const volume = z
  .object({ name, path: words, capacity_b: amount })
  .transform((row): FlintVolume => ({ name: row.name, path: row.path, capacityBytes: row.capacity_b }))
const image = z
  .object({ name, path: words, size_b: amount, type: words })
  .transform((row): FlintImage => ({
    name: row.name,
    path: row.path,
    sizeBytes: row.size_b,
    type: row.type === 'iso' ? 'iso' : 'template',
  }))
const offer = z
  .object({ id: name, name: words, url: words, size_gb: amount, os: words, description: words, downloaded: z.boolean().catch(false) })
  .transform((row): FlintOffer => ({
    id: row.id,
    name: row.name === '' ? row.id : row.name,
    url: row.url,
    sizeBytes: Math.round(row.size_gb * 1e9),
    os: row.os,
    description: row.description,
    hasFile: row.downloaded,
  }))
const network = z
  .object({ name, uuid: words, is_active: z.boolean().catch(false), is_persistent: z.boolean().catch(false), bridge: words })
  .transform((row): FlintNetwork => ({
    name: row.name,
    uuid: row.uuid,
    isActive: row.is_active,
    isPersistent: row.is_persistent,
    bridge: row.bridge,
  }))
const networkInterface = z
  .object({ name, type: words, state: words, ip_addresses: z.array(z.string()).nullish().catch([]), mac_address: words, mtu: amount })
  .transform((row): FlintInterface => ({
    name: row.name,
    type: row.type,
    state: row.state,
    addresses: row.ip_addresses ?? [],
    mac: row.mac_address,
    mtu: row.mtu,
  }))
const filter = z.object({ name, uuid: words, xml: words }).transform((row): FlintFilter => row)
const event = z
  .object({ id: name, timestamp: z.number().nonnegative(), action: words, target: words, status: words, message: words })
  .transform(({ timestamp, ...row }): FlintEvent => ({ ...row, at: timestamp * 1_000 }))

/** A list, Go's null taken as empty; null when it is none. Rows that cannot be read are left out. */
function listOf<T>(row: z.ZodType<T>, raw: unknown): T[] | null {
  if (raw === null) return []
  if (!Array.isArray(raw)) return null
  return raw.flatMap((entry) => {
    const parsed = row.safeParse(entry)
    return parsed.success ? [parsed.data] : []
  })
}

export const readPools = (raw: unknown): FlintPool[] | null => listOf(pool, raw)
export const readVolumes = (raw: unknown): FlintVolume[] | null => listOf(volume, raw)
export const readImages = (raw: unknown): FlintImage[] | null => listOf(image, raw)
export const readOffers = (raw: unknown): FlintOffer[] | null => listOf(offer, raw)
export const readNetworks = (raw: unknown): FlintNetwork[] | null => listOf(network, raw)
export const readInterfaces = (raw: unknown): FlintInterface[] | null => listOf(networkInterface, raw)
export const readFilters = (raw: unknown): FlintFilter[] | null => listOf(filter, raw)
export const readEvents = (raw: unknown): FlintEvent[] | null => listOf(event, raw)

export function readImage(raw: unknown): FlintImage | null {
  return image.safeParse(raw).data ?? null
}
