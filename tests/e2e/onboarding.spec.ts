// The first start: connect a node, connect Paymenter, or look around in the demo.
import { expect, test } from './fixtures.ts'

test('the first start offers the three ways to begin', async ({ app: { page } }) => {
  for (const name of ['Connect a node', 'Connect Paymenter', 'Explore the demo']) await expect(page.getByRole('button', { name })).toBeVisible()
})

test('a node is looked at with its key before it is saved, then it is there with its VMs', async ({ app: { page }, estate }) => {
  const [node] = estate.connect.nodes
  if (node === undefined) throw new Error('the estate has no node')
  await page.getByRole('button', { name: 'Connect a node' }).click()
  await page.getByLabel('Address').fill(node.url)
  await page.getByRole('textbox', { name: 'API key' }).fill(node.key)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByText('A Flint node answers, and the key is in force.')).toBeVisible()
  await expect(page.getByText('owns the node and every VM on it')).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveValue(node.name)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('link', { name: 'VMs' }).click()
  const vm = estate.nodes[0]?.vms()[0]
  await expect(page.getByText(vm?.name ?? 'absent', { exact: true }).first()).toBeVisible()
})

test('a wrong key is told apart from a wrong address', async ({ app: { page }, estate }) => {
  await page.getByRole('button', { name: 'Connect a node' }).click()
  await page.getByLabel('Address').fill(estate.connect.nodes[0]?.url ?? '')
  await page.getByRole('textbox', { name: 'API key' }).fill('0'.repeat(64))
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByRole('alert')).toContainText(/key/i)
  await page.getByLabel('Address').fill('http://127.0.0.1:9')
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByRole('alert')).toContainText(/reach|refused|answer/i)
  await page.getByLabel('Address').fill(estate.connect.billing.url)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByRole('alert')).toContainText(/not.*Flint/i)
})

test('Paymenter is connected permission by permission, and its customers are read', async ({ app: { page }, estate }) => {
  await page.getByRole('button', { name: 'Connect Paymenter' }).click()
  await page.getByLabel('Address').fill(estate.connect.billing.url)
  await page.getByRole('textbox', { name: 'API key' }).fill(estate.billing.tokens.noServicesUpdate)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByText('services.update')).toBeVisible()
  await expect(page.getByText(/services\.update\s+missing/)).toBeVisible()
  await page.getByRole('textbox', { name: 'API key' }).fill(estate.connect.billing.token)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByText('Paymenter answers, and the key is in force.')).toBeVisible()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('link', { name: 'Customers' }).click()
  await expect(page.getByText(estate.billing.customers()[0]?.email ?? 'absent').first()).toBeVisible()
})

test('a key that may not read invoices is refused with what it costs', async ({ app: { page }, estate }) => {
  await page.getByRole('button', { name: 'Connect Paymenter' }).click()
  await page.getByLabel('Address').fill(estate.connect.billing.url)
  await page.getByRole('textbox', { name: 'API key' }).fill(estate.billing.tokens.noInvoices)
  await page.getByRole('button', { name: 'Look at it' }).click()
  await expect(page.getByText(/invoices\.view\s+missing/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeDisabled()
})

test('the demo opens with its nodes, and is left again for the first start', async ({ app: { page } }) => {
  await page.getByRole('button', { name: 'Explore the demo' }).click()
  await expect(page.getByText('3 of 3 nodes ok')).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Leave the demo' }).click()
  await expect(page.getByRole('button', { name: 'Connect a node' })).toBeVisible()
})
