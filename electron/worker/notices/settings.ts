// How notices are sent, and what they say: checked when saved and again when loaded. The password is in the keychain only.
import { X509Certificate } from 'node:crypto'
import type { z } from 'zod'
import { readSetting, writeSetting } from '../../../db/repositories/settings.ts'
import type { Orm } from '../../../db/open.ts'
import { type mailSettings, noticeSettings, noticeTemplate } from '../../../shared/contract/notices.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { isLoopbackMailHost, parseMailAddress, parseMailHost } from '../../../shared/domain/notices/mailAddress.ts'
import { checkTemplate, defaultTemplates, type NoticeKind, type NoticeTemplate } from '../../../shared/domain/notices/template.ts'

export type NoticeSettings = z.output<typeof noticeSettings>
export type MailSettings = z.output<typeof mailSettings>

export const passwordSecret = 'smtp:password'
const settingsKey = 'notices.settings'
const templateKey = (kind: NoticeKind): string => `notices.template.${kind}`

export const defaultSettings: NoticeSettings = {
  enabled: false,
  kinds: {
    'before-suspension': true,
    suspended: true,
    'given-back': true,
    'before-termination': true,
    terminated: true,
    'before-purge': true,
    purged: true,
  },
  mail: null,
  ticket: null,
}

function refuse(message: string, hint = 'Nothing was changed.'): never {
  throw new Failure('notices.invalid', message, hint)
}

function isPlain(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}

function checkedCertificate(pem: string | null): string | null {
  if (pem === null || pem.trim() === '') return null
  try {
    if (pem.includes('PRIVATE KEY')) return refuse('This holds a private key: only the certificate belongs here.')
    return new X509Certificate(pem).toString()
  } catch (error) {
    if (error instanceof Failure) throw error
    return refuse('The certificate cannot be read.', 'It is text that begins with -----BEGIN CERTIFICATE-----. Nothing was changed.')
  }
}

/** Throws `notices.invalid` with what would be right. */
export function checkMail(mail: MailSettings): MailSettings {
  const host =
    parseMailHost(mail.host) ??
    refuse(`“${mail.host.slice(0, 80)}” is not the name of a server.`, 'Write it like smtp.example.com: no scheme, no port, no blanks.')
  if (mail.port < 1 || mail.port > 65_535) refuse('The port must be a number from 1 to 65535.', 'Usually 465 with TLS, 587 with STARTTLS.')
  if (mail.security === 'none' && !isLoopbackMailHost(host)) {
    refuse(
      'Without TLS the password and the customers’ names would cross the network in clear.',
      'Choose TLS or STARTTLS; without either only a server on this machine itself (localhost) is used.',
    )
  }
  const fromAddress =
    parseMailAddress(mail.fromAddress) ??
    refuse(`“${mail.fromAddress.slice(0, 80)}” is not a mail address.`, 'The sender’s address is like billing@example.com.')
  const replyTo =
    mail.replyTo === null || mail.replyTo.trim() === ''
      ? null
      : (parseMailAddress(mail.replyTo) ?? refuse(`“${mail.replyTo.slice(0, 80)}” is not a mail address.`))
  const fromName = mail.fromName.trim()
  if (!isPlain(fromName)) refuse('The sender’s name has a line break or a control character.')
  const user = mail.user === null || mail.user === '' ? null : mail.user
  if (user !== null && !isPlain(user)) refuse('The user name has a line break or a control character.')
  return {
    host,
    port: mail.port,
    security: mail.security,
    user,
    fromName,
    fromAddress,
    replyTo,
    certificate: checkedCertificate(mail.certificate),
  }
}

/** What is saved; where it cannot be used (a database edited by hand) notices are off. */
export function loadSettings(orm: Orm): NoticeSettings {
  const parsed = noticeSettings.safeParse(readSetting(orm, settingsKey))
  if (!parsed.success) return defaultSettings
  try {
    return { ...parsed.data, mail: parsed.data.mail === null ? null : checkMail(parsed.data.mail) }
  } catch (error) {
    if (error instanceof Failure) return { ...parsed.data, enabled: false, mail: null }
    throw error
  }
}

export function saveSettings(orm: Orm, settings: NoticeSettings): void {
  writeSetting(orm, settingsKey, settings)
}

/** The template in force: the saved one where it is whole, the built-in one otherwise. */
export function loadTemplate(orm: Orm, kind: NoticeKind): NoticeTemplate & { readonly isDefault: boolean } {
  const parsed = noticeTemplate.safeParse(readSetting(orm, templateKey(kind)))
  if (parsed.success) {
    try {
      return { ...checkTemplate(kind, parsed.data), isDefault: false }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
    }
  }
  return { ...defaultTemplates[kind], isDefault: true }
}

/** Saves a template, or takes it away. Throws `notices.unknown-variable` and `notices.invalid-template`. */
export function saveTemplate(orm: Orm, kind: NoticeKind, template: NoticeTemplate | null): void {
  writeSetting(orm, templateKey(kind), template === null ? null : checkTemplate(kind, template))
}
