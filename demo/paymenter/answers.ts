// What the simulated Paymenter answers with: documents, errors as JSON or as pages, redirects.
import { STATUS_CODES } from 'node:http'
import { phpErrorJson, phpJson } from './json.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
  /** Rows of a list, for the pace of the answer; 0 for everything else. */
  rows: number
}

const NO_CACHE = { 'cache-control': 'no-cache, private' }

export function documentAnswer(status: number, document: unknown, rows = 0): Answer {
  return { status, headers: { ...NO_CACHE, 'content-type': 'application/vnd.api+json' }, body: phpJson(document), rows }
}

export function noContentAnswer(): Answer {
  return { status: 204, headers: { ...NO_CACHE }, body: '', rows: 0 }
}

/** JSON in one line: the answers that do not come from the error handler. */
export function plainJsonAnswer(status: number, value: unknown): Answer {
  return { status, headers: { ...NO_CACHE, 'content-type': 'application/json' }, body: phpJson(value), rows: 0 }
}

/** An error of the framework: JSON for those who ask for it, else a page. */
export function errorAnswer(status: number, message: string, wantsJson: boolean, headers: Record<string, string> = {}): Answer {
  if (wantsJson) {
    return {
      status,
      headers: { ...NO_CACHE, ...headers, 'content-type': 'application/json' },
      body: phpErrorJson({ message }),
      rows: 0,
    }
  }
  return pageAnswer(status, errorPage(status), headers)
}

export function pageAnswer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { ...NO_CACHE, ...headers, 'content-type': 'text/html; charset=utf-8' }, body, rows: 0 }
}

/** A failed validation of a client that did not ask for JSON: off to the front page. */
export function redirectAnswer(location: string): Answer {
  return pageAnswer(
    302,
    `<!DOCTYPE html>
<html>
    <head>
        <meta charset="UTF-8" />
        <meta http-equiv="refresh" content="0;url='${location}'" />

        <title>Redirecting to ${location}</title>
    </head>
    <body>
        Redirecting to <a href="${location}">${location}</a>.
    </body>
</html>`,
    { location },
  )
}

/** What nginx says when PHP is down behind it: none of Laravel's headers. */
export function badGatewayAnswer(): Answer {
  const body =
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n' +
    '<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n'
  return { status: 502, headers: { 'content-type': 'text/html' }, body, rows: 0 }
}

function errorPage(status: number): string {
  const text = STATUS_CODES[status] ?? 'Error'
  return `<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="UTF-8" />
    <meta name="robots" content="noindex,nofollow,noarchive" />
    <title>An Error Occurred: ${text}</title>
    <link rel="icon" href="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 128 128%22><text y=%221.2em%22 font-size=%2296%22>❌</text></svg>" />
    <style>body { background-color: #fff; color: #222; font: 16px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; margin: 0; }
.container { margin: 30px; max-width: 600px; }
h1 { color: #dc3545; font-size: 24px; }
h2 { font-size: 18px; }</style>
</head>
<body>
<div class="container">
    <h1>Oops! An Error Occurred</h1>
    <h2>The server returned a "${status} ${text}".</h2>

    <p>
        Something is broken. Please let us know what you were doing when this error occurred.
        We will fix it as soon as possible. Sorry for any inconvenience caused.
    </p>
</div>
</body>
</html>`
}

/** An expected refusal, thrown by a handler and answered as Laravel's error handler would. */
export class HttpError extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** A fault in Paymenter's own code or database: 500, without a word about it. */
export function serverError(): HttpError {
  return new HttpError(500, 'Server Error')
}
