// What the shell keeps of the worker's raw output holds no secret.
import { describe, expect, it } from 'vitest'
import { redact } from '../../electron/main/redact.ts'

const key = 'a3'.repeat(32)

describe('redacting the worker’s output', () => {
  it.each([
    `Authorization: Bearer ${key}`,
    `ws://node:5550/api/vms/1/vnc/ws?token=${key}`,
    `{"token":"${key}"}`,
    `api_key = ${key}`,
    `something odd ${key} in a stack trace`,
    `passphrase: ${key}`,
  ])('takes the secret out of “%s”', (line) => {
    expect(redact(line)).not.toContain(key)
    expect(redact(line)).toContain('[redacted]')
  })

  it('leaves ordinary lines as they are', () => {
    const line = 'billing sync: 62 services, 716 invoices in 0.3 s; node 1f0c2e7a-8a3d-4a7e-9a55-0b6d7c1e2f30 is ok'
    expect(redact(line)).toBe(line)
  })
})
