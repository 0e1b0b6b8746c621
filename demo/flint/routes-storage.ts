// Routes about storage pools, their volumes, and Flint's image library, which is the same pool seen differently.
import { empty, handBuiltError, json, plainError, sniffedJson, type Answer, type Reply } from './answers.ts'
import type { SimulatedHost } from './host.ts'
import { decodeBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { isImageCd, poolName, SimulatedStorage, type Volume } from './storage.ts'
import { VirError } from './vir-error.ts'

const limitedError = 'libvirt connection not available'
const limitedDummy = 'not implemented in dummy client'

function requirePool(host: SimulatedHost, name: string): SimulatedStorage {
  host.requireLibvirt()
  return host.pool(name)
}

function isActive(host: SimulatedHost, name: string): boolean {
  return !host.faults.inactivePools.includes(name)
}

/** Runs an act of libvirt; its failure becomes the given answer. */
function orElse<T extends Reply>(act: () => T, failed: (error: VirError) => Answer): T | Answer {
  try {
    return act()
  } catch (error) {
    if (error instanceof VirError) return failed(error)
    throw error
  }
}

function listPools({ host }: RouteContext): Answer {
  return orElse(
    () => {
      host.requireLibvirt()
      const pools = [[poolName, host.storage] as const, ...host.otherPools]
      return sniffedJson(
        pools.map(([name]) => ({
          name,
          state: isActive(host, name) ? 'Active' : 'Inactive',
          capacity_b: host.storage.totalBytes,
          allocation_b: host.storage.allocatedBytes(),
        })),
      )
    },
    (error) => plainError(500, `list pools: ${error.text}`),
  )
}

/** Known from Flint's source alone: no exchange of it is recorded. */
function createPool({ host, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  const name = wanted.text('name')
  const path = wanted.text('path')
  if (name === '') return handBuiltError(400, 'Pool name is required')
  if (path === '') return handBuiltError(400, 'Pool path is required')
  return orElse(
    () => {
      host.requireLibvirt()
      if (name === poolName || host.otherPools.has(name)) throw new VirError(9, 18, `operation failed: pool '${name}' already exists`)
      host.otherPools.set(name, new SimulatedStorage(host.storage.totalBytes, [], host.options.clock, path))
      return empty(201)
    },
    (error) => handBuiltError(500, error.text),
  )
}

function listVolumes({ host, params }: RouteContext): Reply {
  const name = params['pool'] ?? ''
  return orElse<Reply>(
    () => {
      const pool = requirePool(host, name)
      if (!isActive(host, name)) throw new VirError(55, 18, `Requested operation is not valid: storage pool '${name}' is not active`)
      host.downloads.settle()
      if (pool.isListBroken) return 'drop'
      return sniffedJson(pool.volumes().map(({ name, path, capacityBytes }) => ({ name, path, capacity_b: capacityBytes })))
    },
    (error) => plainError(500, `lookup pool: ${error.text}`),
  )
}

function createVolume({ host, params, body }: RouteContext): Answer {
  const wanted = decodeBody(body)
  const name = wanted.text('Name')
  const sizeGiB = wanted.unsigned('SizeGB')
  let step = 'lookup pool'
  return orElse(
    () => {
      const pool = requirePool(host, params['pool'] ?? '')
      step = 'create vol'
      pool.createVolume(name, sizeGiB)
      return empty(201)
    },
    (error) => handBuiltError(500, `${step}: ${error.text}`),
  )
}

/** Resizes or deletes: both name the volume in the path and answer the same way. */
function changeVolume({ host, params }: RouteContext, verb: string, change: (pool: SimulatedStorage, name: string) => void): Answer {
  let step = 'lookup storage pool: '
  return orElse(
    () => {
      const name = params['volume'] ?? ''
      const pool = requirePool(host, params['pool'] ?? '')
      step = pool.hasVolume(name) ? (verb === 'update' ? 'resize volume: ' : '') : 'lookup volume: '
      change(pool, name)
      return json({ status: 'success' })
    },
    (error) => handBuiltError(500, `Failed to ${verb} volume: ${step}${error.text}`),
  )
}

export function shownImage({ name, path, capacityBytes }: Volume): Record<string, unknown> {
  return { id: name, name, pool: poolName, path, size_b: capacityBytes, type: isImageCd(name) ? 'iso' : 'template' }
}

/** Every volume of the pool counts as an image, the disks of VMs too. */
function listImages({ host }: RouteContext): Reply {
  return orElse<Reply>(
    () => {
      host.requireLibvirt()
      host.downloads.settle()
      if (host.storage.isListBroken) return 'drop'
      return sniffedJson(host.storage.volumes().map(shownImage))
    },
    (error) => plainError(500, `managed image pool not found: ${error.text}`),
  )
}

function importRefusal(path: string): string | null {
  if (path === '') return 'file path is required'
  if (path.length > 4096) return 'file path is too long'
  if (path.includes('..')) return "file path cannot contain '..'"
  if (!path.startsWith('/') && !path.startsWith('./')) return "file path must be absolute or start with './'"
  return null
}

function importImage({ host, body }: RouteContext): Answer {
  const path = decodeBody(body).text('path')
  const refusal = importRefusal(path)
  if (refusal !== null) return handBuiltError(400, refusal)
  const imported = host.faults.libvirtLost || host.faults.limitedMode ? null : host.storage.importImage(path)
  return imported === null ? handBuiltError(500, 'Failed to import image') : json(shownImage(imported))
}

/** Deletes without asking which VMs are layered on it. */
function deleteImage({ host, params }: RouteContext): Answer {
  let step = 'managed image pool not found'
  return orElse(
    () => {
      host.requireLibvirt()
      step = 'image not found'
      host.storage.deleteVolume(params['image'] ?? '')
      return empty(204)
    },
    (error) => handBuiltError(500, `Failed to delete image: ${step}: ${error.text}`),
  )
}

export const storageRoutes: Route[] = [
  {
    method: 'GET',
    pattern: '/api/storage-pools',
    answer: listPools,
    limited: () => plainError(500, 'libvirt connection required for storage pool management'),
  },
  {
    method: 'POST',
    pattern: '/api/storage-pools',
    answer: createPool,
    limited: () => handBuiltError(500, limitedDummy),
  },
  {
    method: 'GET',
    pattern: '/api/storage-pools/{pool}/volumes',
    answer: listVolumes,
    limited: () => plainError(500, 'libvirt connection required for volume management'),
  },
  {
    method: 'POST',
    pattern: '/api/storage-pools/{pool}/volumes',
    answer: createVolume,
    limited: () => handBuiltError(500, limitedError),
  },
  {
    method: 'PUT',
    pattern: '/api/storage-pools/{pool}/volumes/{volume}',
    answer: (context) => {
      const sizeGiB = decodeBody(context.body).unsigned('size_gb')
      return changeVolume(context, 'update', (pool, name) => pool.resizeVolume(name, sizeGiB))
    },
    limited: () => handBuiltError(500, `Failed to update volume: ${limitedDummy}`),
  },
  {
    method: 'DELETE',
    pattern: '/api/storage-pools/{pool}/volumes/{volume}',
    answer: (context) => changeVolume(context, 'delete', (pool, name) => pool.deleteVolume(name)),
    limited: () => handBuiltError(500, `Failed to delete volume: ${limitedDummy}`),
  },
  { method: 'GET', pattern: '/api/images', answer: listImages, limited: () => plainError(500, limitedError) },
  { method: 'POST', pattern: '/api/images/import-from-path', answer: importImage },
  {
    method: 'DELETE',
    pattern: '/api/images/{image}',
    answer: deleteImage,
    limited: () => handBuiltError(500, `Failed to delete image: ${limitedError}`),
  },
]
