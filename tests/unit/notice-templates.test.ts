// Templates and messages: what may stand in them, and that no name breaks out of its place.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Day } from '../../shared/domain/calendar.ts'
import { Failure } from '../../shared/domain/failure.ts'
import { compose, dayInWords, inLine, reasonBefore, type NoticeFacts } from '../../shared/domain/notices/message.ts'
import { isLoopbackMailHost, parseMailAddress, parseMailHost } from '../../shared/domain/notices/mailAddress.ts'
import { checkTemplate, defaultTemplates, noticeKinds, type NoticeKind, type NoticeTemplate } from '../../shared/domain/notices/template.ts'

function refusal(kind: NoticeKind, template: NoticeTemplate): Failure {
  try {
    checkTemplate(kind, template)
  } catch (error) {
    if (error instanceof Failure) return error
  }
  throw new Error('the template was taken')
}

const facts: NoticeFacts = {
  kind: 'before-suspension',
  customerName: 'Ada Lovelace',
  productName: 'Starter VPS',
  serviceId: 104,
  vmName: 'vps-104-starter-vps',
  invoices: [{ id: 7, total: { amountMinor: 49_900, currency: 'INR' }, dueOn: '2026-11-17' as Day }],
  suspendsOn: '2026-11-21' as Day,
  reason: 'Invoice 7 has not been paid yet.',
  company: 'Acme',
}

describe('a template', () => {
  it.each(noticeKinds)('%s: the built-in one is whole', (kind) => {
    expect(checkTemplate(kind, defaultTemplates[kind])).toEqual(defaultTemplates[kind])
  })

  it('is refused with every variable that is not known, by name', () => {
    const failure = refusal('suspended', { subject: '{{custmer}}', body: 'x' })
    expect(failure.code).toBe('notices.unknown-variable')
    expect(failure.message).toContain('{{custmer}}')
    const several = refusal('suspended', { subject: 'x', body: '{{ suspendDate }} {{password}} {{}} {{customer}}' })
    expect(several.message).toContain('{{suspendDate}}, {{password}}, {{}}')
    expect(several.hint).toContain('{{customer}}')
  })

  it.each([
    ['a blank subject', { subject: '  ', body: 'x' }],
    ['a blank text', { subject: 'x', body: ' \n ' }],
    ['a line break in the subject', { subject: 'x\r\nBcc: all@example.com', body: 'x' }],
    ['a line separator in the subject', { subject: 'x\u2028y', body: 'x' }],
    ['braces that do not belong together', { subject: 'x', body: 'Hello {{customer' }],
    ['braces in braces', { subject: 'x', body: '{{{{customer}}}}' }],
    ['a control character', { subject: 'x', body: 'bell \u0007' }],
    ['a subject without an end', { subject: 'x'.repeat(201), body: 'x' }],
    ['a text without an end', { subject: 'x', body: 'x'.repeat(20_001) }],
  ])('is refused with %s', (_name, template) => {
    expect(refusal('suspended', template).code).toBe('notices.invalid-template')
  })
})

describe('a message', () => {
  it('fills in what it tells', () => {
    const { subject, body } = compose(defaultTemplates['before-suspension'], facts)
    expect(subject).toBe('Your server vps-104-starter-vps will be stopped on 21 November 2026')
    expect(body).toContain('Hello Ada Lovelace,')
    expect(body).toContain('Starter VPS, service 104')
    expect(body).not.toContain('{{')
  })

  it('does not read what a name holds as a variable', () => {
    expect(compose({ subject: '{{customer}}', body: '{{customer}}' }, { ...facts, customerName: '{{company}} $& {{vm}}' })).toEqual({
      subject: '{{company}} $& {{vm}}',
      body: '{{company}} $& {{vm}}',
    })
  })

  it('keeps a name of 10,000 characters whole in the text, and cut in the subject', () => {
    const name = '😀'.repeat(10_000)
    const message = compose({ subject: 'About {{customer}}', body: 'Hello {{customer}}' }, { ...facts, customerName: name })
    expect(message.body).toBe(`Hello ${name}`)
    expect(Array.from(message.subject)).toHaveLength(6 + 80)
    expect(message.subject.isWellFormed()).toBe(true)
  })

  it('cuts names where the whole would be too long for its way', () => {
    const message = compose(defaultTemplates.suspended, { ...facts, customerName: 'x'.repeat(9_000) }, 5_000)
    expect(message.body.length).toBeLessThanOrEqual(5_000)
    expect(message.body).toContain('has therefore been stopped')
  })

  it('sets names that run from right to left apart', () => {
    expect(inLine('נועה לוי')).toBe('\u2068נועה לוי\u2069')
    expect(inLine('Ada \u202eevil\u202c')).toBe('Ada evil')
  })

  it('says what is owed, for one invoice and for several', () => {
    expect(reasonBefore('overdue', facts.invoices)).toBe('Invoice 7 over 499.00 INR, due on 17 November 2026, has not been paid yet.')
    const two = [...facts.invoices, { id: 8, total: { amountMinor: 500, currency: 'JPY' }, dueOn: null }]
    expect(reasonBefore('overdue', two)).toBe('Invoices 7, 8, 499.00 INR and 500 JPY together, have not been paid yet.')
    expect(reasonBefore('overdue', [{ id: 9, total: null, dueOn: null }])).toBe('Invoice 9 has not been paid yet.')
  })

  it('writes days as people do', () => {
    expect(dayInWords('2026-02-09' as Day)).toBe('9 February 2026')
  })

  test('never has a line break or control character in its subject, whatever the names hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (customerName, vmName) => {
        const { subject, body } = compose(
          { subject: '{{customer}} {{vm}}', body: 'Hello {{customer}}' },
          { ...facts, customerName, vmName },
        )
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(body.split('\n')).toHaveLength(1)
      }),
    )
  })
})

describe('a mail address', () => {
  it.each(['ada@example.com', ' ada@example.com ', "o'hara+x@mail.example.co.in", 'jörg@bücher.example', 'a@b'])('takes %s', (text) => {
    expect(parseMailAddress(text)).toBe(text.trim())
  })

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example.com, eve@example.com',
    'Ada <ada@example.com>',
    'ada@example.com\r\nRCPT TO:<eve@example.com>',
    'ada@exa mple.com',
    '"ada"@example.com',
    'ada@example..com',
    '.ada@example.com',
    'ada@-example.com',
    `${'a'.repeat(65)}@example.com`,
    'a;b@example.com',
  ])('refuses %j', (text) => {
    expect(parseMailAddress(text)).toBeNull()
  })

  it('tells hosts apart', () => {
    expect(parseMailHost(' SMTP.Example.com ')).toBe('smtp.example.com')
    expect(parseMailHost('::1')).toBe('::1')
    for (const wrong of ['', 'smtp://example.com', 'example.com:25', 'a b', 'user@host', '[::1]']) expect(parseMailHost(wrong)).toBeNull()
    expect(['localhost', '127.0.0.9', '::1'].every(isLoopbackMailHost)).toBe(true)
    expect(['127.0.0.1.example.com', 'localhost.example', '10.0.0.1'].some(isLoopbackMailHost)).toBe(false)
  })
})
