// Reports as PDF: a page without scripts is printed by a window that nobody sees.
import { BrowserWindow } from 'electron'
import { randomUUID } from 'node:crypto'

/** Where the page posts what it wants as PDF, and from where the unseen window loads it. */
export const paperHost = 'paper'
const pdfPath = '/paper.pdf'
const largestPageBytes = 32 * 1024 * 1024
const printTimeoutMs = 60_000

/** Pages that are being printed, by the address under which the unseen window finds them. */
const pages = new Map<string, string>()

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/**
 * Answers what is about paper: a page that is posted comes back as PDF, and the unseen window is given its page. Null for anything else.
 * @param appOrigin only pages from there may ask
 */
export async function answerPaper(request: Request, appOrigin: string): Promise<Response | null> {
  const url = new URL(request.url)
  if (url.host === paperHost) {
    const html = pages.get(url.pathname)
    if (html === undefined || request.method !== 'GET') return new Response('Not found', { status: 404 })
    return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy } })
  }
  if (`${url.protocol}//${url.host}` !== appOrigin || url.pathname !== pdfPath || request.method !== 'POST') return null
  const html = await request.text()
  if (html.length > largestPageBytes) return new Response('Too large', { status: 413 })
  try {
    return new Response(await pdfOf(html), { headers: { 'content-type': 'application/pdf' } })
  } catch {
    return new Response('The page could not be printed', { status: 500 })
  }
}

/** A page as PDF, in the size that its own `@page` says. Throws when it cannot be loaded or printed in a minute. */
export async function pdfOf(html: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `/${randomUUID()}.html`
  const window = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false, webviewTag: false },
  })
  pages.set(path, html)
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('printing took too long'))
    }, printTimeoutMs)
  })
  try {
    const printed = async (): Promise<Uint8Array<ArrayBuffer>> => {
      await window.loadURL(`app://${paperHost}${path}`)
      return new Uint8Array(await window.webContents.printToPDF({ preferCSSPageSize: true, printBackground: true }))
    }
    return await Promise.race([printed(), timeout])
  } finally {
    clearTimeout(timer)
    pages.delete(path)
    window.destroy()
  }
}
