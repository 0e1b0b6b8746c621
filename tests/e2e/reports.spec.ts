// Reports in the app: figures that open the rows behind them, periods, how each is computed, and on the desktop a real PDF.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

async function openReport(page: Page, name: string): Promise<void> {
  await openScreen(page, 'Reports')
  await page.getByRole('navigation', { name: 'Reports: parts' }).getByRole('link', { name, exact: true }).click()
}

test('a figure opens the rows that it was added up from, and their sum is that figure', async ({ connectedApp: app }) => {
  const { page } = app
  await openReport(page, 'Overview')
  const figure = page.getByRole('region', { name: 'MRR', exact: true }).locator('.figure-value button')
  const shown = (await figure.textContent())?.trim() ?? ''
  expect(shown).toMatch(/^₹[\d,]+/)
  await figure.click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.locator('.drill-sum b')).toHaveText(new RegExp(`^${shown.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`))
  await expect(details.getByRole('grid')).toContainText('Srv.')
  await page.getByRole('button', { name: 'How is Monthly recurring revenue (MRR) computed?' }).click()
  await expect(page.getByText('Σ price × quantity ÷ months in the billing period', { exact: false })).toBeVisible()
  expect(app.complaints).toEqual([])
})

test('another period and other steps show other rows, and every report has some', async ({ connectedApp: app }) => {
  const { page } = app
  await openReport(page, 'Cash')
  const grid = page.getByRole('grid', { name: 'cash' })
  await expect(grid.locator('tbody tr[data-row]').first()).toContainText(/\d{4}-\d{2}/)
  await page.getByText('Quarters', { exact: true }).click()
  await expect(grid.locator('tbody tr[data-row]').first()).toContainText(/\d{4}-Q\d/)
  for (const name of ['MRR', 'Receivables', 'Churn', 'Plans', 'Nodes', 'Customers', 'Cohorts', 'Forecast']) {
    await openReport(page, name)
    await expect(page.getByRole('grid').first().locator('tbody tr[data-row]').first()).toBeVisible()
  }
  expect(app.complaints).toEqual([])
})

test('a report goes on paper as it stands on the screen', async ({ connectedApp: app, host }, info) => {
  const { page } = app
  await openReport(page, 'Receivables')
  const total = (await page.getByRole('grid').first().locator('tbody tr[data-row]').first().locator('td').last().textContent())?.trim() ?? ''
  await page.getByRole('button', { name: 'Paper' }).click()
  if (host === 'chromium') {
    // The browser prints by itself: what it is given to print is on the page.
    await page.evaluate(() => {
      window.print = () => undefined
    })
    await page.getByRole('menuitem', { name: 'Print, A4' }).first().click()
    await expect(page.locator('#paper')).toContainText(total)
  } else {
    await page.getByRole('menuitem', { name: 'PDF, A4' }).first().waitFor()
    const answer = await page.evaluate(async () => {
      const made = await fetch('/paper.pdf', { method: 'POST', body: '<!doctype html><style>@page { size: A4 }</style><h1>₹1,999.00 प्रिया</h1>' })
      return { type: made.headers.get('content-type'), bytes: [...new Uint8Array(await made.arrayBuffer())] }
    })
    expect(answer.type).toBe('application/pdf')
    const file = join(info.outputDir, 'paper.pdf')
    writeFileSync(info.outputPath('paper.pdf'), new Uint8Array(answer.bytes))
    expect(execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' })).toContain('₹1,999.00')
  }
  expect(app.complaints).toEqual([])
})
