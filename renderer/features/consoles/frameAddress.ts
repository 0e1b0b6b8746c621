// Where a console's frame is loaded from: an origin of its own for each, so that the platform gives it a process of its own.

const framePage = 'console.html'

/** The frame's page for this page's address. `id`: letters and digits, new for each frame. */
export function frameAddress(page: Pick<Location, 'protocol' | 'hostname' | 'port' | 'href'>, id: string): string {
  if (page.protocol === 'app:') return `app://${id}.console/${framePage}`
  // Browser mode: names beneath localhost are this machine, and each is a site of its own.
  if (['127.0.0.1', 'localhost', '[::1]'].includes(page.hostname) && !import.meta.env.DEV) return `http://${id}.console.localhost:${page.port}/${framePage}`
  return new URL(framePage, page.href).href
}
