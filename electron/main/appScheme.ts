// Serves the built renderer to the window under the app's own scheme, with a fresh nonce and a strict policy for each page.
import { protocol } from 'electron'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { appFrameSource, isFrameHost, isFramePath } from '../../shared/contract/consoleFrame.ts'
import { consoleFramePolicy, contentSecurityPolicy, withNonce } from '../../shared/contract/csp.ts'
import { rendererContentTypes } from '../../shared/contract/contentTypes.ts'
import { answerPaper } from './paper.ts'

const scheme = 'app'
const host = 'flint-console'
const frameHost = 'console'

/** The address of the window's page. */
export const pageUrl = `${scheme}://${host}/index.html`
/** The origin under which the page runs. */
export const pageOrigin = `${scheme}://${host}`

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Every request of the page comes as a `Request`. Node loads that class, and much with it, at its first use: before Electron is ready nothing waits for it. */
export function loadRequestClasses(): void {
  void globalThis.Request
}

/** Answers requests of the scheme from `rendererDir` (which may lie inside an asar). Nothing outside of that folder is ever answered. */
export function serveAppScheme(rendererDir: string): void {
  protocol.handle(scheme, async (request) => {
    const paper = await answerPaper(request, pageOrigin)
    if (paper !== null) return paper
    const file = fileOf(request.url, rendererDir)
    if (request.method !== 'GET' || file === null) return refused()
    const contentType = rendererContentTypes[extname(file)]
    if (contentType === undefined) return refused()
    try {
      const content = await readFile(file)
      return extname(file) === '.html' ? pageAnswer(content.toString('utf8'), contentType, isFrame(request.url)) : assetAnswer(content, contentType)
    } catch {
      return refused()
    }
  })
}

/** The file that an address names; null when it names none that may be read. */
export function fileOf(address: string, rendererDir: string): string | null {
  let path: string
  try {
    const url = new URL(address)
    if (url.host !== host && !(isFrameHost(url.host, frameHost) && isFramePath(url.pathname))) return null
    path = decodeURIComponent(url.pathname)
  } catch {
    return null
  }
  if (path.includes('\0') || path.includes('\\')) return null
  const file = join(rendererDir, path === '/' ? '/index.html' : path)
  return file.startsWith(rendererDir + sep) ? file : null
}

/** Whether an address is that of a console's frame: an origin of its own for each, and so a process of its own. */
export function isFrame(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === `${scheme}:` && isFrameHost(new URL(address).host, frameHost)
}

function pageAnswer(html: string, contentType: string, isForFrame: boolean): Response {
  const nonce = randomBytes(24).toString('base64url')
  return new Response(withNonce(html, nonce), {
    headers: {
      'content-type': contentType,
      'content-security-policy': isForFrame ? consoleFramePolicy(nonce, [pageOrigin]) : contentSecurityPolicy(nonce, [], [appFrameSource]),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  })
}

function assetAnswer(content: Buffer, contentType: string): Response {
  return new Response(new Uint8Array(content), { headers: { 'content-type': contentType, 'x-content-type-options': 'nosniff' } })
}

function refused(): Response {
  return new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
