// Reports on paper, printed by a real browser and read back by pdftotext: what stands there is what stands on the screen.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromium, type Browser } from '@playwright/test'
import { MonthReports } from '../../electron/worker/reports/monthReport.ts'
import { Reports } from '../../electron/worker/reports/reports.ts'
import { tablesOf } from '../../electron/worker/reports/tables.ts'
import { chromiumExecutable } from '../../scripts/requirements.ts'
import { cellWords } from '../../shared/domain/revenue/cells.ts'
import { reportColumns, reportNames } from '../../shared/domain/revenue/columns.ts'
import { openReportsWorld, type ReportsWorld } from '../helpers/reportsWorld.ts'

let world: ReportsWorld
let reports: Reports
let months: MonthReports
let browser: Browser
const folder = mkdtempSync(join(tmpdir(), 'reports-paper-'))

beforeAll(async () => {
  world = await openReportsWorld(Date.parse('2026-11-23T10:00:00Z'))
  reports = new Reports(world.context)
  months = new MonthReports(world.context, reports)
  const executablePath = chromiumExecutable()
  if (executablePath === null) throw new Error('there is no Chromium to print with')
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
}, 60_000)

afterAll(async () => {
  await browser.close()
  reports.close()
  world.remove()
  rmSync(folder, { recursive: true, force: true })
})

interface Printed {
  readonly words: string
  readonly info: string
}

/** The words of the PDF, spaces of any kind made one. */
async function print(name: string, html: string): Promise<Printed> {
  const page = await browser.newPage({ javaScriptEnabled: false })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const file = join(folder, `${name}.html`)
  writeFileSync(file, html)
  await page.goto(`file://${file}`)
  await page.pdf({ path: `${file}.pdf`, preferCSSPageSize: true })
  await page.close()
  // Nothing but the page itself is loaded.
  expect(asked).toEqual([`file://${file}`])
  const words = execFileSync('pdftotext', ['-layout', `${file}.pdf`, '-'], { encoding: 'utf8' }).replaceAll(/\s+/g, ' ')
  return { words, info: execFileSync('pdfinfo', [`${file}.pdf`], { encoding: 'utf8' }) }
}

const plain = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe('a report on paper', () => {
  it('has every amount of its table, its period, the age of its data, its definitions and what was left out', async () => {
    for (const report of reportNames) {
      const query = { from: '2026-06', to: '2026-11', currency: 'INR' }
      const { words } = await print(report, months.document({ report, query, paper: 'a4' }).html)
      for (const { name, rows } of tablesOf(reports, report, query).tables) {
        for (const row of rows) {
          const amounts = reportColumns[name].filter((column) => column.kind === 'money').map((column) => plain(cellWords(column, row)))
          for (const amount of amounts) expect([report, words.includes(amount) ? amount : 'missing']).toEqual([report, amount])
        }
      }
      for (const part of ['Period: 2026-06 to 2026-11', 'Data of 23 November 2026', 'How this is computed', 'Left out, or taken in part']) {
        expect([report, words.includes(part) ? part : 'missing']).toEqual([report, part])
      }
    }
  }, 120_000)

  it('is laid out for A4 or Letter', async () => {
    const on = async (paper: 'a4' | 'letter'): Promise<string> =>
      (await print(paper, months.document({ report: 'mrr', query: {}, paper }).html)).info
    expect(await on('a4')).toMatch(/Page size:\s+841\.\d+ x 59[45]\.\d+ pts \(A4\)/)
    expect(await on('letter')).toMatch(/Page size:\s+792 x 612 pts \(letter\)/)
  })

  it('of a whole month has all of them', async () => {
    const { words } = await print('month', months.document({ report: 'month', query: { from: '2026-10' }, paper: 'a4' }).html)
    const [october] = reports.mrr({ from: '2026-10', to: '2026-10' }).rows
    const closing = cellWords({ key: 'closingMinor', header: '', kind: 'money' }, october ?? {})
    for (const part of ['Report of October 2026', 'Monthly recurring revenue, INR', 'Receivables by customer', 'Forecast, INR', closing])
      expect(words).toContain(part)
  })

  it('carries hostile names as words, not as markup', () => {
    world.context.db.sqlite.prepare(`update customers set first_name = '<script>alert(1)</script>', last_name = '"&<b>' where id = 1`).run()
    const { html } = months.document({ report: 'customers', query: {}, paper: 'a4' })
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&lt;b&gt;')
  })
})
