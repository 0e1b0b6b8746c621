// The built renderer's files, by the path of a request; nothing outside of their folder is ever answered.
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

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
  const contentType = contentTypes[extname(wanted)]
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
