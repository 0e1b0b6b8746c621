// The addresses of consoles' frames: each frame has an origin of its own, from which nothing but its page and its files is answered.

/** The desktop's: `app://<id>.console`. */
export const appFrameSource = 'app://*.console'

/** Browser mode's: `http://<id>.console.localhost:<port>`; names beneath localhost are this machine. */
export function localFrameSource(port: number): string {
  return `http://*.console.localhost:${port}`
}

const id = /^[a-z0-9]{1,32}$/

/** Whether a host is one console's frame; `suffix` is what follows the id (`console`, `console.localhost:8080`). */
export function isFrameHost(host: string, suffix: string): boolean {
  return host.endsWith(`.${suffix}`) && id.test(host.slice(0, -suffix.length - 1))
}

/** Whether a frame's origin answers this path: its page, and the built files beside it. */
export function isFramePath(path: string): boolean {
  return path === '/console.html' || path.startsWith('/assets/')
}
