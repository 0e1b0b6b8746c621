// Addresses of peers as an operator types them: `http(s)://host[:port]` and nothing else, each mistake with its own words.
import { Failure } from './failure.ts'

export interface PeerAddress {
  /** Normalised, without a trailing slash: `http://kvm-a.example:5550`. */
  readonly url: string
  /** Lower case; IPv6 in brackets. */
  readonly host: string
  readonly secure: boolean
  /** The traffic never leaves this machine. */
  readonly loopback: boolean
}

export type ParsedAddress =
  { readonly ok: true; readonly address: PeerAddress } | { readonly ok: false; readonly message: string; readonly hint: string }

const example = 'Write it like http://192.0.2.10:5550 or https://host.example.'
const longestAddress = 300

function wrong(message: string, hint: string = example): ParsedAddress {
  return { ok: false, message, hint }
}

/** True for `localhost`, names under it, 127.0.0.0/8 and `[::1]`. The host is lower case, IPv6 in brackets. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

/** Splits what stands between `://` and the end into host and port; null where that cannot be done without guessing. */
function splitAuthority(authority: string): { host: string; port: string | null } | null {
  const match = authority.startsWith('[') ? /^(\[[^\]]*\])(?::(.*))?$/.exec(authority) : /^([^:]*)(?::([^:]*))?$/.exec(authority)
  return match ? { host: match[1] ?? '', port: match[2] ?? null } : null
}

function hostProblem(host: string): ParsedAddress | null {
  if (host === '' || host === '[]') return wrong('The address names no host.')
  if (host.startsWith('[')) {
    return /^\[[0-9a-f:.]+\]$/i.test(host)
      ? null
      : wrong('The address has no valid IPv6 address between its brackets.', 'Write it like http://[2001:db8::10]:5550, without a zone.')
  }
  if (!/^[\p{L}\p{N}\p{M}._-]+$/u.test(host) || host.startsWith('.') || host.includes('..'))
    return wrong('The address has a host name that cannot be.')
  return null
}

/** A number that the URL standard would turn into some IPv4 address (`http://1`, `http://0x7f.1`): surely a slip. */
function isOddIpv4(host: string, normalised: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(normalised) && normalised !== host
}

/**
 * Reads an address. Blanks around it and one trailing slash are dropped, the host is lowered, a default port is left out. The answer's
 * words never repeat what may hold a password.
 */
export function parseAddress(text: string): ParsedAddress {
  const trimmed = text.trim()
  if (trimmed === '') return wrong('The address is empty.')
  if (trimmed.length > longestAddress) return wrong('The address is too long to be one.')
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)
  if (!scheme) {
    const isPlain = /^[\p{L}\p{N}._-]+(?::\d{1,5})?\/?$/u.test(trimmed)
    return wrong(
      'The address has no scheme: it must begin with http:// or https://.',
      isPlain ? `Did you mean http://${trimmed.replace(/\/$/, '')}?` : example,
    )
  }
  const name = (scheme[1] ?? '').toLowerCase()
  if (name !== 'http' && name !== 'https')
    return wrong(`The address begins with ${name}://, but only http:// and https:// are spoken here.`)
  const rest = trimmed.slice(scheme[0].length)
  const end = rest.search(/[/?#\\]/)
  const authority = end === -1 ? rest : rest.slice(0, end)
  const tail = end === -1 ? '' : rest.slice(end)
  if (authority.includes('@'))
    return wrong(
      'The address holds a user name or password; it must not.',
      'Leave out everything before the @: keys are asked for separately and kept in the keychain.',
    )
  if (/[\s\p{C}%]/u.test(rest)) return wrong('The address holds a blank or a character that no address has.')
  if (tail.includes('?')) return wrong('The address has a query (what follows the “?”); it must end after the host and port.')
  if (tail.includes('#')) return wrong('The address has a fragment (what follows the “#”); it must end after the host and port.')
  if (tail !== '' && tail !== '/') return wrong('The address has a path; it must end after the host and port.')
  return readAuthority(name, authority)
}

function readAuthority(scheme: 'http' | 'https', authority: string): ParsedAddress {
  const parts = splitAuthority(authority)
  if (!parts)
    return wrong('The address has several colons after the scheme.', 'An IPv6 address stands in brackets: http://[2001:db8::10]:5550.')
  const problem = hostProblem(parts.host)
  if (problem) return problem
  if (parts.port !== null && !isPort(parts.port)) return wrong('The address has a port that is not a number from 1 to 65535.')
  let url: URL
  try {
    url = new URL(`${scheme}://${authority}`)
  } catch {
    return wrong(
      parts.host.startsWith('[')
        ? 'The address has no valid IPv6 address between its brackets.'
        : 'The address has a host name that cannot be.',
    )
  }
  if (isOddIpv4(parts.host, url.hostname))
    return wrong(
      'The address has a number in place of a host name.',
      'Write an IPv4 address with its four numbers: http://192.0.2.10:5550.',
    )
  return { ok: true, address: { url: url.origin, host: url.hostname, secure: scheme === 'https', loopback: isLoopbackHost(url.hostname) } }
}

/** The address, or a Failure with the given code (`node.invalid-url`, …). */
export function requireAddress(text: string, code: string): PeerAddress {
  const parsed = parseAddress(text)
  if (!parsed.ok) throw new Failure(code, parsed.message, parsed.hint)
  return parsed.address
}
