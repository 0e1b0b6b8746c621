// Answers as Go's net/http and Flint's handlers form them: status, content type (null: the header is absent), body.

export interface Answer {
  status: number
  contentType: string | null
  body: string
  headers?: Record<string, string>
}

/** `drop`: the handler panicked, the connection closes without an answer. */
export type Reply = Answer | 'drop'

const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' }

/** JSON as Go's encoder writes it: HTML characters escaped, a newline at the end. */
export function goJson(value: unknown): string {
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character)}\n`
}

export function json(value: unknown, status = 200): Answer {
  return { status, contentType: 'application/json', body: goJson(value) }
}

/** JSON whose handler sets no content type, so that Go sniffs it as text. */
export function sniffedJson(value: unknown): Answer {
  return { status: 200, contentType: 'text/plain; charset=utf-8', body: goJson(value) }
}

/** Go's `http.Error`: plain text, whatever the text looks like. */
export function plainError(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n`, headers: { 'X-Content-Type-Options': 'nosniff' } }
}

/** An error built by hand: quotes inside of the text are not escaped, so that it may not parse. */
export function handBuiltError(status: number, text: string): Answer {
  return plainError(status, `{"error": "${text}"}`)
}

export function jsonError(status: number, text: string): Answer {
  return json({ error: text }, status)
}

export function empty(status: number): Answer {
  return { status, contentType: null, body: '' }
}

export function html(status: number, body: string): Answer {
  return { status, contentType: 'text/html', body }
}

export function notFoundRoute(): Answer {
  return plainError(404, '404 page not found')
}

export function unauthorized(): Answer {
  return handBuiltError(401, 'Authentication required. Use API key or login via web UI')
}
