// The built renderer's files, by the path of a request; nothing outside of their folder is ever answered.
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { rendererContentTypes } from '../../../shared/contract/contentTypes.ts'

export interface RendererFile {
  readonly content: Buffer
  readonly contentType: string
  readonly isPage: boolean
  /** Its name changes with its content. */
  readonly isHashed: boolean
}

/** Reads the file that a request's path names; null when it names none. */
export async function rendererFile(rendererDir: string, requestPath: string): Promise<RendererFile | null> {
  const path = decoded(requestPath)
  if (
    path === null ||
    !path.startsWith('/') ||
    /[\0\\]/.test(path) ||
    path.split('/').some((part) => part === '..' || part.startsWith('.'))
  )
    return null
  const wanted = path === '/' ? '/index.html' : path
  const contentType = rendererContentTypes[extname(wanted)]
  if (contentType === undefined) return null
  try {
    const root = await realpath(rendererDir)
    const file = await realpath(join(root, wanted))
    if (!file.startsWith(root + sep)) return null
    return { content: await readFile(file), contentType, isPage: extname(file) === '.html', isHashed: wanted.startsWith('/assets/') }
  } catch {
    return null
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
