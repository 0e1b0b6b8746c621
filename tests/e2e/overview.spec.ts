// The overview: what needs a decision, what leaks, what the next days bring, and revenue against last month, each leading to its screen.
import { overdueSubject } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

interface MrrRow {
  readonly closingMinor: number
}

test('revenue stands against last month, as the report on the command line has it', async ({ connectedApp: { page, complaints }, cli }) => {
  const rows = (await cli.run(['report', 'mrr', '--currency', 'INR'])) as MrrRow[]
  const [before, now] = rows.slice(-2)
  if (before === undefined || now === undefined) throw new Error('the report has no two months')
  const rupees = (minor: number): string => `₹${(minor / 100).toLocaleString('en-US', { minimumFractionDigits: minor % 100 === 0 ? 0 : 2 })}`
  const figure = page.getByRole('region', { name: /^Recurring revenue, / })
  await expect(figure).toContainText(rupees(now.closingMinor))
  await expect(figure).toContainText(/collected ₹[\d,.]+, was ₹[\d,.]+/)
  await figure.getByRole('link').click()
  await expect(page.getByRole('grid', { name: 'monthly recurring revenue' })).toBeVisible()
  expect(complaints).toEqual([])
})

test('leaks are counted by kind, and each leads to its own', async ({ connectedApp: { page, complaints } }) => {
  const panel = page.getByRole('region', { name: 'Leaks' })
  const row = panel.getByRole('row').filter({ hasText: 'VM, no service' })
  const count = Number(await row.getByRole('cell').nth(1).textContent())
  expect(count).toBeGreaterThan(0)
  await row.getByRole('link').click()
  await expect(page.getByRole('textbox', { name: 'Filter leaks' })).toHaveValue('kind:vm-without-service')
  await expect(page.getByText(`${String(count)} leaks ·`)).toBeVisible()
  expect(complaints).toEqual([])
})

test('who would be suspended stands on its day once the service is linked, with what is at risk', async ({ connectedApp: { page, complaints }, cli, estate }) => {
  const panel = page.getByRole('region', { name: 'Next seven days' })
  await expect(panel).toContainText('services are linked to a VM; only those count')
  await expect(panel).not.toContainText('suspension')
  const subject = overdueSubject(estate)
  await cli.run(['link', 'confirm', String(subject.serviceId), `${subject.node}/${subject.vm.name}`])
  const today = panel.getByRole('row').filter({ hasText: 'Today' })
  await expect(today).toContainText('1 suspension')
  await expect(today).toContainText(subject.vm.name)
  await expect(today).toContainText(/₹[\d,]+ at risk/)
  await panel.getByRole('link', { name: 'Ahead' }).click()
  await expect(page.getByRole('heading', { name: 'The days ahead' })).toBeVisible()
  await openScreen(page, 'Overview')
  expect(complaints).toEqual([])
})
