// Routes about storage pools, their volumes, and Flint's image library, which is the same pool seen differently.
import { empty, handBuiltError, json, plainError, sniffedJson, type Answer } from './answers.ts'
import type { SimulatedHost } from './host.ts'
import { decodeBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { isImageCd, poolName, type Volume } from './storage.ts'
import { VirError } from './vir-error.ts'

const limitedError = 'libvirt connection not available'
const limitedDummy = 'not implemented in dummy client'

function requirePool(host: SimulatedHost, name: string): void {
  host.requireLibvirt()
  if (name !== poolName) throw new VirError(49, 18, `Storage pool not found: no storage pool with matching name '${name}'`)
}

/** Runs an act of libvirt; its failure becomes the given answer. */
function orElse(act: () => Answer, failed: (error: VirError) => Answer): Answer {
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
      const { storage } = host
      return sniffedJson([{ name: poolName, state: 'Active', capacity_b: storage.totalBytes, allocation_b: storage.allocatedBytes() }])
    },
    (error) => plainError(500, `list pools: ${error.text}`),
  )
}

function listVolumes({ host, params }: RouteContext): Answer {
  return orElse(
    () => {
      requirePool(host, params['pool'] ?? '')
      host.downloads.settle()
      return sniffedJson(host.storage.volumes().map(({ name, path, capacityBytes }) => ({ name, path, capacity_b: capacityBytes })))
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
      requirePool(host, params['pool'] ?? '')
      step = 'create vol'
      host.storage.createVolume(name, sizeGiB)
      return empty(201)
    },
    (error) => handBuiltError(500, `${step}: ${error.text}`),
  )
}

/** Resizes or deletes: both name the volume in the path and answer the same way. */
function changeVolume({ host, params }: RouteContext, verb: string, change: (name: string) => void): Answer {
  let step = 'lookup storage pool: '
  return orElse(
    () => {
      const name = params['volume'] ?? ''
      requirePool(host, params['pool'] ?? '')
      step = host.storage.hasVolume(name) ? (verb === 'update' ? 'resize volume: ' : '') : 'lookup volume: '
      change(name)
      return json({ status: 'success' })
    },
    (error) => handBuiltError(500, `Failed to ${verb} volume: ${step}${error.text}`),
  )
}

export function shownImage({ name, path, capacityBytes }: Volume): Record<string, unknown> {
  return { id: name, name, pool: poolName, path, size_b: capacityBytes, type: isImageCd(name) ? 'iso' : 'template' }
}

/** Every volume of the pool counts as an image, the disks of VMs too. */
function listImages({ host }: RouteContext): Answer {
  return orElse(
    () => {
      host.requireLibvirt()
      host.downloads.settle()
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
      return changeVolume(context, 'update', (name) => context.host.storage.resizeVolume(name, sizeGiB))
    },
    limited: () => handBuiltError(500, `Failed to update volume: ${limitedDummy}`),
  },
  {
    method: 'DELETE',
    pattern: '/api/storage-pools/{pool}/volumes/{volume}',
    answer: (context) => changeVolume(context, 'delete', (name) => context.host.storage.deleteVolume(name)),
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
