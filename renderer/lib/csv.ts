// Tables as files: CSV, quoted where needed and harmless when a spreadsheet opens it; and JSON.

function field(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  // A text that begins like a formula is run by spreadsheets; the apostrophe makes it text.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 lines with a header, CRLF between them. */
export function toCsv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((row) => row.map(field).join(',')).join('\r\n')
}

function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const anchor = document.createElement('a')
  anchor.href = url
  anchor.download = name
  anchor.click()
  URL.revokeObjectURL(url)
}

/** Hands a text to the browser as a file to save; with a byte order mark, so that spreadsheets read it as UTF-8. */
export function saveText(name: string, text: string): void {
  save(name, new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }))
}

/** Hands a value to the browser as a JSON file to save. */
export function saveJson(name: string, value: unknown): void {
  save(name, new Blob([JSON.stringify(value, null, 2), '\n'], { type: 'application/json' }))
}
