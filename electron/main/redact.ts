// Takes out of the worker's raw output whatever could be a secret, before a line of it is kept.

const patterns: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  { pattern: /\b(Bearer\s+)[^\s"']+/gi, replacement: '$1[redacted]' },
  { pattern: /([?&](?:token|key|api_key)=)[^\s&"']+/gi, replacement: '$1[redacted]' },
  { pattern: /("?(?:token|key|api_?key|passphrase|password|secret|authorization)"?\s*[:=]\s*"?)[^\s",}]+/gi, replacement: '$1[redacted]' },
  { pattern: /\b[0-9a-f]{40,}\b/gi, replacement: '[redacted]' },
  { pattern: /\b(?:PAYM|pm_)[A-Za-z0-9_-]{16,}/g, replacement: '[redacted]' },
]

/** The text without anything that looks like a key, a token or a password. Rather takes out too much. */
export function redact(text: string): string {
  return patterns.reduce((rest, { pattern, replacement }) => rest.replace(pattern, replacement), text)
}
