// The content security policy of every HTML answer, the same in the desktop's own scheme and in browser mode.

/** What `renderer/index.html` holds in the places of the nonce. */
const noncePlaceholder = '__CSP_NONCE__'

/**
 * The policy for one HTML answer. `nonce` is new for each answer, of URL-safe base64 characters only; `connect` lists what the page
 * may open connections to (the WebSocket's own origin in browser mode; nothing on the desktop); `frames` lists where consoles' frames come from.
 * @throws RangeError when the nonce could break out of the policy
 */
export function contentSecurityPolicy(nonce: string, connect: readonly string[] = [], frames: readonly string[] = []): string {
  requireNonce(nonce)
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    `frame-src ${frames.length === 0 ? "'none'" : frames.join(' ')}`,
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/**
 * The policy for a console's frame, which handles what a hostile server sends: it runs its own scripts, reaches nothing, and only the app
 * (`ancestors`) may show it.
 * @throws RangeError when the nonce could break out of the policy
 */
export function consoleFramePolicy(nonce: string, ancestors: readonly string[]): string {
  requireNonce(nonce)
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    'img-src data: blob:',
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors.join(' ')}`,
    "object-src 'none'",
  ].join('; ')
}

function requireNonce(nonce: string): void {
  if (!/^[A-Za-z0-9_-]{16,}={0,2}$/.test(nonce)) throw new RangeError('not a nonce')
}

/** The page with its nonce in place. */
export function withNonce(html: string, nonce: string): string {
  return html.replaceAll(noncePlaceholder, nonce)
}
