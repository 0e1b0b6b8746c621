// Mails a month's report that was saved by itself, where a mail server is set up: once, tried again until it goes out, and what went wrong is shown.
import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { z } from 'zod'
import { readSetting, writeSetting } from '../../../db/repositories/settings.ts'
import type { Orm } from '../../../db/open.ts'
import { reportMail } from '../../../shared/contract/reports.ts'
import { Failure } from '../../../shared/domain/failure.ts'
import type { Context } from '../context.ts'
import { mailWithStoredPassword } from '../notices/delivery.ts'
import { SendProblem } from '../notices/sendProblem.ts'
import { loadSettings } from '../notices/settings.ts'
import { usualTimes, type MailAttachment, type MailTimes } from '../notices/smtp.ts'
import { monthPage, monthPdf, type Saved } from './monthReport.ts'
import { readReportSettings } from './settings.ts'

type Mailed = NonNullable<z.output<typeof reportMail>>

const key = 'reports.mail'
const lookEveryMs = 5 * 60_000
/** The desktop app prints the PDF within moments of the saving; without one (an always-on box) the page itself goes out. */
const pdfWaitMs = 2 * 60_000
const givenUpAfterMs = 7 * 24 * 60 * 60_000
const attachmentTypes: Readonly<Record<string, string>> = { '.pdf': 'application/pdf', '.html': 'text/html; charset=utf-8', '.csv': 'text/csv; charset=utf-8' }

/** What became of the last one; null where none was to be mailed, or the row does not fit. */
export function lastReportMail(orm: Orm): Mailed | null {
  const stored = reportMail.safeParse(readSetting(orm, key) ?? null)
  return stored.success ? stored.data : null
}

export class ReportMail {
  readonly #context: Context
  readonly #installationId: string
  readonly #saved: () => readonly Saved[]
  readonly #times: MailTimes
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #running: Promise<void> | null = null

  /** @param saved the months' reports that are there */
  constructor(context: Context, installationId: string, saved: () => readonly Saved[], times: Partial<MailTimes> = {}) {
    this.#context = context
    this.#installationId = installationId
    this.#saved = saved
    this.#times = { ...usualTimes, ...times }
  }

  /** Looks now and every few minutes whether a report waits to be mailed. */
  start(): void {
    const look = (): void => {
      void this.sendDue()
    }
    this.#timer = setInterval(look, lookEveryMs)
    this.#timer.unref()
    // What was being sent when the last worker died may have gone out.
    const last = lastReportMail(this.#context.db.orm)
    if (last?.state === 'uncertain' && last.error === null) this.#keep({ ...last, error: leftBehind })
    look()
  }

  /** A sending that is under way is cut off; what the server has not taken is sent by the next worker. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#stopped.abort()
    await this.#running
  }

  /** A report was saved by itself: it will be mailed, where that is set up now. */
  plan({ month }: Pick<Saved, 'month'>): void {
    const to = this.#addressee()
    if (to === null) return
    this.#keep({ month, state: 'waiting', to, at: this.#context.clock.now(), error: null })
  }

  /** Sends what waits. Never throws: what went wrong is in `reports.settings`, and tried again where it may be. */
  sendDue(): Promise<void> {
    this.#running ??= this.#sendDue().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #sendDue(): Promise<void> {
    const { db, log, clock } = this.#context
    const waiting = lastReportMail(db.orm)
    const { mail } = loadSettings(db.orm)
    const to = this.#addressee()
    const saved = this.#saved().find(({ month }) => month === waiting?.month)
    if (waiting?.state !== 'waiting' || mail === null || to === null || saved === undefined || this.#stopped.signal.aborted) return
    const hasPdf = existsSync(join(saved.folder, monthPdf))
    if (!hasPdf && clock.now() - saved.savedAt < pdfWaitMs) return
    const domain = mail.fromAddress.slice(mail.fromAddress.lastIndexOf('@') + 1)
    // Written before it is sent: a worker that dies meanwhile does not mail it twice.
    this.#keep({ ...waiting, to, state: 'uncertain', error: null })
    try {
      await mailWithStoredPassword(this.#context, {
        settings: mail,
        to: { name: null, address: to },
        message: { subject: `Report of ${saved.month}`, body: bodyOf(saved.month, hasPdf) },
        attachments: attachmentsOf(saved, hasPdf),
        messageId: `report-${saved.month}.${this.#installationId}@${domain}`,
        times: this.#times,
        signal: this.#stopped.signal,
      })
      this.#keep({ ...waiting, to, state: 'sent', at: clock.now(), error: null })
      log.info({ month: saved.month }, 'the report of a month was mailed')
    } catch (error) {
      this.#account({ ...waiting, to }, error)
    }
  }

  #account(waiting: Mailed, error: unknown): void {
    const problem =
      error instanceof SendProblem
        ? error
        : new SendProblem('unknown', 'message', new Failure('internal', 'The report could not be mailed for a reason of the program’s own.'))
    if (problem !== error) this.#context.log.error({ err: error, month: waiting.month }, 'the report of a month could not be mailed')
    const body = problem.failure.body()
    const isTooLate = this.#context.clock.now() - waiting.at > givenUpAfterMs
    const state = problem.outcome === 'unknown' ? 'uncertain' : problem.outcome === 'refused' || isTooLate ? 'failed' : 'waiting'
    this.#keep({ ...waiting, state, error: body })
  }

  #addressee(): string | null {
    const { orm } = this.#context.db
    const { mail } = loadSettings(orm)
    const { monthly } = readReportSettings(orm)
    return monthly.mail && mail !== null ? (monthly.mailTo ?? mail.fromAddress) : null
  }

  #keep(mailed: Mailed): void {
    writeSetting(this.#context.db.orm, key, mailed)
    this.#context.changed('reports')
  }
}

const leftBehind = new Failure('smtp.no-answer', 'The program ended while this was being sent: it may or may not have gone out.', 'Look into the mailbox; the report itself is in its folder.').body()

function bodyOf(month: string, hasPdf: boolean): string {
  return [
    `The report of ${month} is attached${hasPdf ? ' as a PDF' : ' as a page that any browser opens and prints'}, with every table as CSV.`,
    '',
    'It was made from the local copy of the billing data; the page says how old that is, and how each figure is computed.',
    '',
  ].join('\n')
}

function attachmentsOf({ month, folder, files }: Saved, hasPdf: boolean): MailAttachment[] {
  const names = [hasPdf ? monthPdf : monthPage, ...files.filter((name) => name.endsWith('.csv'))]
  return names.map((name) => ({
    name: `${month}-${name}`,
    type: attachmentTypes[extname(name)] ?? 'application/octet-stream',
    content: readFileSync(join(folder, name)),
  }))
}
