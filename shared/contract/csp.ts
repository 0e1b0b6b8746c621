// The content security policy of every HTML answer, the same in the desktop's own scheme and in browser mode.

/** What `renderer/index.html` holds in the places of the nonce. */
export const noncePlaceholder = '__CSP_NONCE__'

/**
 * The policy for one HTML answer. `nonce` is new for each answer, of URL-safe base64 characters only; `connect` lists what the page may
 * open connections to (the WebSocket's own origin in browser mode; nothing on the desktop).
 * @throws RangeError when the nonce could break out of the policy
 */
export function contentSecurityPolicy(nonce: string, connect: readonly string[] = []): string {
  if (!/^[A-Za-z0-9_-]{16,}={0,2}$/.test(nonce)) throw new RangeError('not a nonce')
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "manifest-src 'self'",
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** The page with its nonce in place. */
export function withNonce(html: string, nonce: string): string {
  return html.replaceAll(noncePlaceholder, nonce)
}
