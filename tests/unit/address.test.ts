// Addresses and node names as operators type them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLoopbackHost, parseAddress, requireAddress } from '../../shared/domain/address.ts'
import { nodeNameProblem, requireNodeName } from '../../shared/domain/nodeName.ts'
import type { Failure } from '../../shared/domain/failure.ts'

function urlOf(text: string): string {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address.url : `refused: ${parsed.message}`
}

describe('an address', () => {
  test.each([
    ['http://kvm-a.example:5550', 'http://kvm-a.example:5550'],
    ['http://kvm-a.example:5550/', 'http://kvm-a.example:5550'],
    ['  HTTPS://KVM-A.Example/  ', 'https://kvm-a.example'],
    ['http://192.0.2.10:80', 'http://192.0.2.10'],
    ['https://host:443', 'https://host'],
    ['http://[2001:DB8::10]:5550', 'http://[2001:db8::10]:5550'],
    ['http://[::1]', 'http://[::1]'],
    ['http://kvm_1:5550', 'http://kvm_1:5550'],
    ['http://bücher.example', 'http://xn--bcher-kva.example'],
  ])('%s is read as %s', (text, url) => {
    expect(urlOf(text)).toBe(url)
  })

  test.each([
    ['', /empty/],
    ['   ', /empty/],
    ['kvm-a.example', /no scheme/],
    ['kvm-a.example:5550', /no scheme/],
    ['192.0.2.10:5550', /no scheme/],
    ['//kvm-a', /no scheme/],
    ['http:kvm-a', /no scheme/],
    ['http:/kvm-a', /no scheme/],
    ['ftp://kvm-a', /ftp:\/\//],
    ['ssh://root@kvm-a', /ssh:\/\//],
    ['javascript://alert(1)', /javascript:\/\//],
    ['http://', /no host/],
    ['http:///api', /path|no host/],
    ['http://:5550', /no host/],
    ['http://kvm-a/api', /path/],
    ['http://kvm-a//', /path/],
    ['http://kvm-a\\api', /path/],
    ['http://kvm-a?x=1', /query/],
    ['http://kvm-a/?x=1', /query/],
    ['http://kvm-a#top', /fragment/],
    ['http://root:hunter2@kvm-a', /user name or password/],
    ['http://root@kvm-a/path', /user name or password/],
    ['http://kvm-a:0', /port/],
    ['http://kvm-a:65536', /port/],
    ['http://kvm-a:', /port/],
    ['http://kvm-a:55x', /port/],
    ['http://2001:db8::10', /colons/],
    ['http://::1:5550', /colons/],
    ['http://[::1', /colons|IPv6/],
    ['http://[fe80::1%25eth0]', /IPv6|blank/],
    ['http://[nonsense]', /IPv6/],
    ['http://[1:2:3]', /IPv6/],
    ['http://kvm a', /blank/],
    ['http://kvm\u0000a', /blank/],
    ['http://kvm\u202ea', /blank/],
    ['http://1', /number in place/],
    ['http://0x7f.1', /number in place/],
    ['http://256.256.256.256', /cannot be/],
    ['http://<script>', /cannot be/],
    ['http://a..b', /cannot be/],
    [`http://${'a'.repeat(10_000)}`, /too long/],
  ])('%j is refused with its own words', (text, words) => {
    const parsed = parseAddress(text)
    expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(words) as string })
    expect(parsed.ok ? '' : parsed.hint).not.toBe('')
  })

  test('a missing scheme is answered with what was probably meant', () => {
    expect(parseAddress('kvm-a:5550/')).toMatchObject({ hint: 'Did you mean http://kvm-a:5550?' })
  })

  test('a password in an address is never repeated', () => {
    for (const text of ['http://root:hunter2@kvm-a', 'root:hunter2@kvm-a', 'http://root:hunter2@kvm-a/x?y#z', 'ftp://root:hunter2@kvm-a']) {
      expect(JSON.stringify(parseAddress(text))).not.toContain('hunter2')
    }
  })

  test('plain HTTP and loopback are told apart', () => {
    expect(parseAddress('https://kvm-a')).toMatchObject({ address: { secure: true, loopback: false } })
    expect(parseAddress('http://127.0.0.1:5550')).toMatchObject({ address: { secure: false, loopback: true } })
    expect(['localhost', 'kvm.localhost', '127.9.9.9', '[::1]'].every(isLoopbackHost)).toBe(true)
    expect(['localhost.example', '128.0.0.1', '127.0.0.1.example', '[::2]', '10.0.0.1'].some(isLoopbackHost)).toBe(false)
  })

  test('a refusal becomes a Failure with the caller’s code', () => {
    expect(() => requireAddress('nope', 'node.invalid-url')).toThrow(expect.objectContaining({ code: 'node.invalid-url' }) as Failure)
  })

  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/)
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
  )

  test('any host and port is read, and reading the result again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('http', 'https'),
        host,
        fc.option(fc.integer({ min: 1, max: 65_535 })),
        fc.boolean(),
        (scheme, name, port, slash) => {
          const parsed = parseAddress(`${scheme}://${name}${port === null ? '' : `:${port}`}${slash ? '/' : ''}`)
          if (!parsed.ok) throw new Error(parsed.message)
          expect(parsed.address.url).not.toMatch(/\/$/)
          expect(parseAddress(parsed.address.url)).toEqual(parsed)
          const url = new URL(parsed.address.url)
          expect(url.port || (scheme === 'https' ? '443' : '80')).toBe(String(port ?? (scheme === 'https' ? 443 : 80)))
        },
      ),
    )
  })

  test('whatever is typed is read or refused in words, and what is read is only a scheme, a host and a port', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.webUrl({ withQueryParameters: true, withFragments: true }),
          fc.string().map((text) => `http://${text}`),
        ),
        (text) => {
          const parsed = parseAddress(text)
          if (!parsed.ok) return parsed.message !== '' && parsed.hint !== ''
          const url = new URL(parsed.address.url)
          return (
            url.username === '' &&
            url.password === '' &&
            url.pathname === '/' &&
            url.search === '' &&
            url.hash === '' &&
            url.origin === parsed.address.url
          )
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a node’s name', () => {
  test.each(['kvm-a', 'a', 'Mumbai 1', 'नोड', '🖥️', 'عقدة', '<script>', 'x'.repeat(40), '🖥'.repeat(40)])('%s is fine', (name) => {
    expect(requireNodeName(name)).toBe(name)
  })

  test.each([
    ['', /needs a name/],
    ['x'.repeat(41), /41 characters/],
    ['x'.repeat(10_000), /10,000 characters/],
    ['a/b', /“\/”/],
    [' a', /blank/],
    ['a ', /blank/],
    ['a\u00a0', /blank/],
    ['a\nb', /control/],
    ['a\u0000', /control/],
    ['a\u007f', /control/],
    ['a\u2028b', /control/],
    ['\ud800', /control/],
  ])('%j is refused', (name, words) => {
    expect(nodeNameProblem(name)).toMatch(words)
    expect(() => requireNodeName(name)).toThrow(expect.objectContaining({ code: 'node.invalid-name' }) as Failure)
  })

  test('any name is fine exactly when it keeps all four rules', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const length = Array.from(name).length
        const isFine = length >= 1 && length <= 40 && !/[\p{Cc}\p{Cs}\u2028\u2029/]/u.test(name) && name === name.trim()
        return (nodeNameProblem(name) === null) === isFine
      }),
    )
  })
})
