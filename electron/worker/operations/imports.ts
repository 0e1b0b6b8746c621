// Brings images into a node's library, and follows that as far as Flint tells.
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { offerRow } from '../../../shared/contract/storage.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { NodeId } from '../../../shared/domain/ids.ts'
import type { FlintClient } from '../flint/client.ts'
import type { FlintImage } from '../flint/library.ts'
import type { JobProgress } from '../jobs/jobs.ts'
import type { OperationTools } from './tools.ts'

export type OfferRow = z.output<typeof offerRow>
export type ImageSource =
  { readonly kind: 'offer'; readonly id: string } | { readonly kind: 'url'; readonly url: string; readonly name: string }

const longestDownloadMs = 6 * 60 * 60_000

export class Imports {
  readonly #tools: OperationTools
  readonly #pollMs: number

  constructor(tools: OperationTools, options: { pollMs?: number | undefined } = {}) {
    this.#tools = tools
    this.#pollMs = options.pollMs ?? 3_000
  }

  async offers(nodeId: NodeId): Promise<OfferRow[]> {
    const { library } = await this.#tools.nodes.client(nodeId)
    const [offers, images] = await Promise.all([library.offers(), library.images()])
    return offers.map((offer) => ({ ...offer, inLibrary: images.some((image) => image.name === libraryName(offer.id)) }))
  }

  /** Starts a job; its result is the image. The node copies within one request: there is no progress to tell. */
  importFile(nodeId: NodeId, path: string): { jobId: string } {
    return this.#tools.context.jobs.start('image', `Import ${fileName(path)} on ${this.#tools.nodeName(nodeId)}`, async (progress) => {
      const client = await this.#believable(nodeId)
      await refuseTaken(client, fileName(path))
      progress.report(`The node copies ${path}; Flint tells nothing until it is done`)
      const image = await client.library.importImage(path, { signal: progress.signal })
      return this.#done(nodeId, image, { path })
    })
  }

  /** Starts a job; its result is the image. Cancelled, only the watching ends: Flint cannot be told to stop. */
  download(nodeId: NodeId, source: ImageSource): { jobId: string } {
    const what = source.kind === 'offer' ? source.id : source.name
    return this.#tools.context.jobs.start('image', `Download ${what} on ${this.#tools.nodeName(nodeId)}`, async (progress) => {
      const client = await this.#believable(nodeId)
      const image =
        source.kind === 'offer' ? await this.#fromOffer(client, source.id, progress) : await this.#fromWeb(client, source, progress)
      return this.#done(
        nodeId,
        image,
        source.kind === 'offer' ? { offer: source.id } : { host: new URL(source.url).host, name: source.name },
      )
    })
  }

  async #fromOffer(client: FlintClient, id: string, progress: JobProgress): Promise<FlintImage> {
    const name = libraryName(id)
    await refuseTaken(client, name)
    const offer = (await client.library.offers()).find((known) => known.id === id)
    if (!offer) throw new Failure('image.unknown-offer', `Flint on that node does not know the image ${id}.`, 'Look at its list again.')
    if (offer.hasFile) {
      throw new Failure(
        'image.half-there',
        `Flint has a file of ${offer.name} that is not in its library: it is being downloaded now, or a download broke off. Flint would refuse to begin again, without a word.`,
        'Wait a while and look again. If it stays so, delete the file from Flint’s image folder on the node.',
      )
    }
    await client.library.downloadOffer(id)
    return this.#watch(client, id, name, progress)
  }

  /** Flint tells three things: that a file was begun, that it is gone again (its checksum was wrong), and that the library has it. */
  async #watch(client: FlintClient, id: string, name: string, progress: JobProgress): Promise<FlintImage> {
    const deadlineMs = performance.now() + longestDownloadMs
    let begun = false
    let lastSizeBytes = -1
    let looksWithoutFile = 0
    while (performance.now() < deadlineMs) {
      progress.signal.throwIfAborted()
      const [offers, images] = await readOrWait(client)
      const image = images?.find((known) => known.name === name)
      const hasFile = offers?.find((known) => known.id === id)?.hasFile === true
      if (image && image.sizeBytes > 0 && image.sizeBytes === lastSizeBytes) return image
      if (image) progress.report('The node copies it into its library', image.sizeBytes, null)
      else if (hasFile) progress.report('The node downloads it; Flint does not tell how far it is')
      else if (offers && begun)
        throw new Failure(
          'image.download-failed',
          'The node threw the file away: its checksum was wrong, or the download failed.',
          'Flint’s log on the node says why.',
        )
      else if (offers) looksWithoutFile += 1
      if (looksWithoutFile > 20)
        throw new Failure(
          'image.download-failed',
          'The node did not begin the download.',
          'Can the node reach the web? Flint’s log on it says why.',
        )
      begun ||= hasFile
      lastSizeBytes = image?.sizeBytes ?? -1
      await sleep(this.#pollMs, undefined, { signal: progress.signal })
    }
    throw new Failure('image.download-failed', 'The image is not there after 6 hours.', 'Look at Flint’s log on the node.')
  }

  async #fromWeb(client: FlintClient, source: { url: string; name: string }, progress: JobProgress): Promise<FlintImage> {
    progress.report('The node downloads it; Flint tells nothing until it is done')
    const before = new Set((await client.library.images()).map((image) => image.name))
    try {
      return await client.library.downloadImage(source.url, source.name, { signal: progress.signal })
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'node.no-answer' || progress.signal.aborted) throw error
      // The connection broke, not necessarily the download: what is new in the library under that name is it.
      const made = (await client.library.images()).find((image) => !before.has(image.name) && image.name.endsWith(source.name))
      if (made) return made
      throw error
    }
  }

  async #believable(nodeId: NodeId): Promise<FlintClient> {
    const client = await this.#tools.nodes.client(nodeId)
    await client.believable({ now: true })
    return client
  }

  #done(nodeId: NodeId, image: FlintImage, from: Record<string, unknown>): FlintImage {
    this.#tools.recordNode(nodeId, 'image.added', { ...from, image: image.name, sizeBytes: image.sizeBytes })
    this.#tools.context.changed('storage')
    return { ...image }
  }
}

/** What a downloaded offer is called in the library. */
function libraryName(offerId: string): string {
  return `${offerId}.qcow2`
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

async function refuseTaken(client: FlintClient, name: string): Promise<void> {
  if ((await client.library.images()).some((image) => image.name === name)) {
    throw new Failure('image.exists', `The library has an image named ${name} already.`, 'Delete that one first, if no VM is built on it.')
  }
}

/** A node that is busy copying may miss a look; the next one counts. */
async function readOrWait(client: FlintClient) {
  try {
    return await Promise.all([client.library.offers(), client.library.images()])
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith('node.')) return [null, null] as const
    throw error
  }
}
