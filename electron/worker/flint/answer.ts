// How Flint's answers are read: by status first, then by trying to parse; its content types say nothing.

/** An answer with a status, whatever it was. */
export interface FlintAnswer {
  readonly status: number
  /** Parsed JSON; undefined when the body is not JSON. */
  readonly json: unknown
  readonly text: string
  /** A page for people: a proxy's, or another program's. */
  readonly isHtml: boolean
  /** The node's own clock, UTC milliseconds; null when it did not say. */
  readonly nodeTimeMs: number | null
  /** The session that a login sets; null otherwise. */
  readonly setCookie: string | null
}

const longestErrorText = 400

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|[a-z]+[\s>])/i.test(text)
}

/**
 * What Flint says went wrong. It has three shapes: JSON, JSON built by hand whose inner quotes are not escaped (so it may not parse), and
 * plain text. Empty for a page of HTML or no text.
 */
export function errorText(text: string): string {
  const parsed = parseJson(text)
  let said = text
  if (typeof parsed === 'object' && parsed !== null && 'error' in parsed && typeof parsed.error === 'string') said = parsed.error
  else if (looksLikeHtml(text)) said = ''
  else said = /^\s*\{"error":\s*"([\s\S]*)"\}\s*$/.exec(text)?.[1] ?? text
  const plain = said.trim().replaceAll(/\p{Cc}+/gu, ' ')
  return plain.length > longestErrorText ? `${plain.slice(0, longestErrorText)}…` : plain
}

/** libvirt's own error number in a text, e.g. 55 in `virError(Code=55, …)`; null when there is none. */
export function libvirtCode(text: string): number | null {
  const match = /virError\(Code=(\d+)/.exec(text)
  return match ? Number(match[1]) : null
}

/** Flint's way to say 401. */
export function isFlintsRefusal(text: string): boolean {
  return errorText(text).startsWith('Authentication required. Use API key')
}
