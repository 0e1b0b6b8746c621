// Automation's own screens: a policy before it is saved, the days ahead and the plan, the record narrowed, exported and verified.
import Database from 'better-sqlite3'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { openAutomation } from './screenParts.ts'

test('a policy says what it would do before it is saved; what the worker refuses cannot be', async ({ connectedApp: { page }, cli }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  await openAutomation(page, 'Policy')
  const grace = page.getByRole('textbox', { name: 'Grace days' })
  await grace.fill('0')
  await expect(page.getByText('graceDays must be a whole number from 1 to 365, not “0”.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save 1 change' })).toBeDisabled()
  await grace.fill('300')
  await expect(page.getByText(/^With this, 0 services would be suspended today \(\d+ before\)\.$/)).toBeVisible()
  await expect(page.getByText(/^300 days of grace is longer than Paymenter’s own/)).toBeVisible()
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  await expect(page.getByText('Policy saved')).toBeVisible()
  expect(await cli.run(['policy', 'show'])).toMatchObject({ graceDays: 300 })
})

test('a policy that was edited into something unusable is mended in the window, with what was right in it', async ({ connectedApp: { page }, cli, dataDir }) => {
  await cli.run(['policy', 'set', 'mode=approve', 'graceDays=5', 'warnDaysBefore=4'])
  const database = new Database(join(dataDir, 'flint-console.db'))
  database.prepare('update policies set "values" = ?').run(JSON.stringify({ mode: 'auto', graceDays: '5', warnDaysBefore: '0' }))
  database.close()
  await openAutomation(page, 'Policy')
  await expect(page.getByText(/warnDaysBefore must be a whole number from 1 to 365, not “0”/)).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Grace days' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Mend the policy' }).click()
  await expect(page.getByText(/^Left out of the policy/)).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Grace days' })).toHaveValue('5')
  await expect(page.getByRole('radio', { name: /^observe/ })).toBeChecked()
  expect(await cli.run(['policy', 'show'])).toMatchObject({ mode: 'observe', graceDays: 5, warnDaysBefore: 2 })
})

test('the days ahead lead to the plan, which says why this and why not that', async ({ connectedApp: { page }, cli }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  await openAutomation(page, 'Ahead')
  const today = page.getByRole('row', { name: /^Today, / })
  await today.getByRole('link').first().click()
  const details = page.getByRole('complementary', { name: 'Details' })
  const rules = details.getByRole('list', { name: 'Rules in their order' }).getByRole('listitem')
  await expect(rules.filter({ hasText: /^Ended does not fit/ })).toHaveCount(1)
  await expect(rules.filter({ hasText: /^Overdue fits/ })).toHaveCount(1)
  await expect(rules.filter({ hasText: /^In grace not looked at/ })).toHaveCount(1)
})

test('the record is narrowed by choice, exported as it is filtered, and verified', async ({ connectedApp: { page, host }, cli }) => {
  await cli.run(['link', 'confirm', '--all-obvious'])
  await cli.run(['policy', 'set', 'graceDays=5'])
  await openAutomation(page, 'Record')
  await page.getByRole('button', { name: 'Choose', exact: true }).click()
  await page.getByRole('combobox', { name: 'What' }).or(page.getByRole('textbox', { name: 'What' })).first().click()
  await page.getByRole('option', { name: 'Policy changed' }).click()
  await expect(page.getByRole('textbox', { name: 'Filter entries' })).toHaveValue('what:policy.set')
  await page.keyboard.press('Escape')
  await expect(page.getByText(/^1 of \d+ entries$/)).toBeVisible()
  // The desktop app asks in a window of the system's own where to save; a browser saves at once.
  if (host === 'chromium') {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'JSON', exact: true }).click()
    const written: unknown = JSON.parse(await readFile(await (await download).path(), 'utf8'))
    expect(written).toMatchObject([{ action: 'policy.set', actor: 'operator', why: 'graceDays=5' }])
  }
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText('The record is whole')).toBeVisible()
})
