// Every screen in both themes and two sizes: photographed, held against accessibility rules, with nothing to complain about on the console.
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'

const screens = [
  { name: 'overview', address: '#/' },
  { name: 'nodes', address: '#/nodes' },
  { name: 'capacity', address: '#/capacity' },
  { name: 'vms', address: '#/vms' },
  { name: 'customers', address: '#/customers' },
  { name: 'customer', address: '#/customers/1' },
  { name: 'services', address: '#/services' },
  { name: 'invoices', address: '#/invoices' },
  { name: 'tickets', address: '#/tickets' },
  { name: 'ticket', address: '#/tickets?open=1' },
  { name: 'plans', address: '#/plans' },
  { name: 'leaks', address: '#/leaks' },
  { name: 'underived', address: '#/underived' },
  { name: 'automation-queue', address: '#/automation/queue' },
  { name: 'automation-plan', address: '#/automation/plan' },
  { name: 'automation-ahead', address: '#/automation/ahead' },
  { name: 'automation-findings', address: '#/automation/findings' },
  { name: 'automation-guards', address: '#/automation/guards' },
  { name: 'automation-holds', address: '#/automation/holds' },
  { name: 'automation-policy', address: '#/automation/policy' },
  { name: 'automation-vault', address: '#/automation/vault' },
  { name: 'automation-record', address: '#/automation/record' },
  { name: 'reports-overview', address: '#/reports/overview' },
  { name: 'reports-mrr', address: '#/reports/mrr' },
  { name: 'reports-customers', address: '#/reports/customers' },
  { name: 'reports-settings', address: '#/reports/settings' },
  { name: 'settings', address: '#/settings' },
]
const themes = ['light', 'dark'] as const

async function show(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash
  }, address)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('[aria-busy="true"], .skeleton')).toHaveCount(0)
}

for (const theme of themes) {
  test(`every screen is legible and quiet in the ${theme} theme`, async ({ connectedApp: app, cli }) => {
    test.setTimeout(240_000)
    await cli.run(['link', 'confirm', '--all-obvious'])
    await cli.run(['policy', 'set', 'mode=approve'])
    await app.page.emulateMedia({ colorScheme: theme })
    await app.reload()
    for (const { name, address } of screens) {
      await test.step(name, async () => {
        await show(app.page, address)
        await expectAccessible(app.page)
        await photograph(app, `${name}-${theme}`)
      })
    }
    expect(app.complaints).toEqual([])
  })

  test(`the first start is legible and quiet in the ${theme} theme`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme: theme })
    await app.reload()
    await expect(app.page.getByRole('button', { name: 'Connect a node' })).toBeVisible()
    await expectAccessible(app.page)
    await photograph(app, `welcome-${theme}`)
    await app.page.getByRole('button', { name: 'Connect Paymenter' }).click()
    await expectAccessible(app.page)
    await photograph(app, `connect-paymenter-${theme}`)
    expect(app.complaints).toEqual([])
  })
}
