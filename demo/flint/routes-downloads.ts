// Routes that fetch images from the web: read in Flint's source, for no recorded exchange shows them.
import { goJson, handBuiltError, json, type Answer } from './answers.ts'
import { imageCatalog } from './image-catalog.ts'
import { randomHex } from './random.ts'
import { decodeBody } from './request-body.ts'
import type { Route, RouteContext } from './router.ts'
import { shownImage } from './routes-storage.ts'
import { volumePath } from './storage.ts'

/** Flint's own list, with the one thing that it knows of each: whether a file exists. */
function offers({ host }: RouteContext): Answer {
  const shown = imageCatalog.map((image) => ({ ...image, downloaded: host.downloads.hasFile(image.id) }))
  return { status: 200, contentType: 'application/json', body: goJson(shown) }
}

function beginDownload({ host, params }: RouteContext): Answer {
  const id = params['image'] ?? ''
  host.downloads.begin(id, host.faults.failDownloads)
  return json({ imageId: id, message: 'Download started in background', status: 'started' })
}

function downloadStatus({ host, params }: RouteContext): Answer {
  const id = params['image'] ?? ''
  return json({ downloaded: host.downloads.hasFile(id), imageId: id, path: `/var/lib/flint/repository/${id}.qcow2` })
}

/** The answer comes when the download is done; the temporary file's name becomes the image's. */
async function downloadFromWeb({ host, body, wait }: RouteContext): Promise<Answer> {
  const wanted = decodeBody(body)
  const url = wanted.text('url')
  if (url === '') return handBuiltError(400, 'URL is required')
  if (!/^https?:\/\//.test(url)) return handBuiltError(400, 'Only HTTP and HTTPS URLs are allowed')
  await wait(host.downloads.durationMs)
  if (host.faults.failDownloads) return handBuiltError(500, 'Failed to download file: HTTP 404')
  if (host.faults.libvirtLost || host.faults.limitedMode)
    return handBuiltError(500, 'Failed to import downloaded image: libvirt connection not available')
  const given = wanted.text('name')
  const file = given === '' ? (url.split('/').at(-1) ?? 'image') : given
  const name = `flint-download-${Number.parseInt(randomHex(host.random, 4), 16)}-${file}`
  host.storage.addImage(name, 612_000_000)
  return json(shownImage({ name, path: volumePath(name), capacityBytes: 612_000_000 }))
}

export const downloadRoutes: Route[] = [
  { method: 'GET', pattern: '/api/image-repository', answer: offers },
  { method: 'POST', pattern: '/api/image-repository/{image}/download', answer: beginDownload },
  { method: 'GET', pattern: '/api/image-repository/{image}/status', answer: downloadStatus },
  { method: 'POST', pattern: '/api/images/download', answer: downloadFromWeb },
]
