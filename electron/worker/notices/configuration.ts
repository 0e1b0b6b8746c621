// How notices are sent, as the operator changes it: checked, the password kept or forgotten in the keychain, the rest stored and recorded.
import type { MethodParsedInput } from '../../../shared/contract/index.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import { isLoopbackMailHost } from '../../../shared/domain/notices/mailAddress.ts'
import type { Audit } from '../audit/audit.ts'
import type { Context } from '../context.ts'
import { checkMail, loadSettings, passwordSecret, saveSettings, type NoticeSettings } from './settings.ts'

type Configuration = MethodParsedInput<'notices.configure'>

interface ConfigurationParts {
  readonly context: Context
  readonly audit: Audit
  /** The demo's customers are not real: only a server on this machine is ever given their mail. */
  readonly demo: boolean
}

/** Throws `notices.invalid`, `notices.demo`, `notices.password-needed`, and what the keychain has to say; nothing is stored then. */
export async function configureNotices({ context, audit, demo }: ConfigurationParts, { password, ...wanted }: Configuration): Promise<void> {
  const { db, secrets } = context
  const next: NoticeSettings = { ...wanted, mail: wanted.mail === null ? null : checkMail(wanted.mail) }
  if (demo && next.mail !== null && !isLoopbackMailHost(next.mail.host)) {
    throw new Failure(
      'notices.demo',
      'In the demo mail goes only to a server on this machine: its customers are made up.',
      'Leave the demo to set up your own mail server.',
    )
  }
  if (next.mail?.user != null && password === undefined && !isSameLogin(loadSettings(db.orm).mail, next.mail)) {
    if ((await secrets.get(passwordSecret)) !== null)
      throw new Failure(
        'notices.password-needed',
        'Server or user is another one now: the password that is kept is not sent there unasked.',
        'Enter the password again.',
      )
  }
  if (password === null || next.mail === null || next.mail.user === null) {
    if ((await secrets.get(passwordSecret)) !== null) await secrets.delete(passwordSecret)
  } else if (password !== undefined) await secrets.set(passwordSecret, password)
  db.transaction(() => {
    saveSettings(db.orm, next)
    audit.append({
      actor: 'operator',
      action: 'notices.configured',
      why: next.enabled ? 'Notices are on.' : 'Notices are off.',
      detail: {
        enabled: next.enabled,
        kinds: next.kinds,
        server: next.mail === null ? null : `${next.mail.host}:${next.mail.port}`,
        ticket: next.ticket !== null,
      },
    })
  })
}

/** Whether the password that is kept was given for this server and this user. */
function isSameLogin(known: NoticeSettings['mail'], next: NonNullable<NoticeSettings['mail']>): boolean {
  return known !== null && known.host === next.host && known.port === next.port && known.user === next.user && known.security === next.security
}
