// Mail addresses and names of mail servers, read strictly: what is refused here could otherwise end up in a header or a command.

const longestAddress = 254
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~.-]{1,64}$/u
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u

function isDomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part))
}

/** One plain address (`name@host.example`), trimmed; null for anything else: lists, names, quotes, blanks, line breaks. */
export function parseMailAddress(text: string): string | null {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || trimmed.length > longestAddress) return null
  const local = trimmed.slice(0, at)
  const domain = trimmed.slice(at + 1)
  if (!localPart.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null
  return isDomain(domain) ? trimmed : null
}

/** A host name, or an IP address (IPv6 without brackets), as a mail server is named; null for anything else. */
export function parseMailHost(text: string): string | null {
  const trimmed = text.trim().toLowerCase()
  if (/^[0-9a-f:.]{2,45}$/.test(trimmed) && trimmed.includes(':')) return trimmed
  return trimmed !== '' && isDomain(trimmed) ? trimmed : null
}

/** The traffic never leaves this machine. */
export function isLoopbackMailHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
