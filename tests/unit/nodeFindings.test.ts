// What about the way to a node is told as a danger, by its address and by who else can reach it.
import { describe, expect, test } from 'vitest'
import { exposureFindings, type ExposureFacts } from '../../electron/worker/nodes/findings.ts'
import { parseAddress, type PeerAddress } from '../../shared/domain/address.ts'

function addressOf(text: string): PeerAddress {
  const parsed = parseAddress(text)
  if (!parsed.ok) throw new Error(`${text} is an address`)
  return parsed.address
}

function found(text: string, facts: Partial<ExposureFacts> = {}): string[] {
  const findings = exposureFindings(addressOf(text), { keyIsExposed: false, openAt: null, tunnelled: false, ...facts })
  for (const { message, hint } of findings) expect(`${message} ${hint}`.length).toBeGreaterThan(60)
  return findings.map(({ code, severity }) => `${code} ${severity}`)
}

describe('the exposure of a node', () => {
  test('plain HTTP is warned about off the loopback only, and over TLS not at all', () => {
    expect(found('http://10.0.0.7:5550')).toEqual(['node.plain-http warning'])
    expect(found('http://kvm-a.example:5550')).toEqual(['node.plain-http warning'])
    expect(found('http://127.0.0.1:5550')).toEqual([])
    expect(found('https://kvm-a.example')).toEqual([])
  })

  test('a key that is handed out is a danger where others can reach the port', () => {
    expect(found('https://kvm-a.example', { keyIsExposed: true })).toEqual(['node.key-exposed danger'])
    expect(found('http://127.0.0.1:5550', { keyIsExposed: true })).toEqual(['node.key-exposed warning'])
  })

  test('a port that is open beside TLS or a tunnel is told with its address', () => {
    const openAt = addressOf('http://kvm-a.example:5550')
    expect(found('https://kvm-a.example', { openAt })).toEqual(['node.port-open danger'])
    expect(found('http://127.0.0.1:5550', { openAt, tunnelled: true })).toEqual(['node.port-open danger'])
    const [finding] = exposureFindings(addressOf('https://kvm-a.example'), { keyIsExposed: false, openAt, tunnelled: false })
    expect(finding?.message).toContain('http://kvm-a.example:5550')
  })

  test('a tunnel that ends on another machine than the node leaves plain HTTP on the network behind it', () => {
    expect(found('http://10.0.0.7:5550', { tunnelled: true })).toEqual(['node.plain-http warning'])
  })
})
