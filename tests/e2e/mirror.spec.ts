// The mirror at work: a customer found though mistyped, his ticket answered, his invoice paid, a product's machine said, a leak closed by a link.
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'
import { openScreen } from './screenParts.ts'

test('a customer is found though mistyped, and his ticket is answered in one’s own name', async ({ connectedApp: app, estate, cli }) => {
  const { page } = app
  const { billing } = estate
  const priya = billing.addCustomer({ first_name: 'Priya', last_name: 'Venkatesh', email: 'priya.venkatesh@northwind.example' })
  const me = billing.addCustomer({ first_name: 'Olivia', last_name: 'Operator', email: 'olivia@operator.example' })
  const ticket = billing.addTicket({ user_id: priya.id, subject: 'My disk is full' }, 'Postgres does not start any more.')
  await cli.run(['billing', 'sync', '--full'])

  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search' }).fill('pirya venkatehs')
  const found = page.getByRole('dialog').getByRole('button', { name: /^Priya Venkatesh nearly/ })
  await expect(found).toBeVisible()
  await expectAccessible(page)
  await photograph(app, 'palette')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: /Priya Venkatesh/ })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Owes' })).toContainText('nothing')

  await page.getByRole('region', { name: 'Tickets' }).getByRole('link', { name: `#${ticket.id}` }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expect(details.getByText('Postgres does not start any more.')).toBeVisible()
  await details.getByRole('textbox', { name: 'Answer' }).fill('Your disk has room again.')
  await expect(details.getByRole('button', { name: 'Send the answer' })).toBeDisabled()
  await details.getByRole('combobox', { name: 'In the name of' }).fill('olivia')
  await page.getByRole('option', { name: /Olivia Operator/ }).click()
  await expectAccessible(page)
  await details.getByRole('button', { name: 'Send the answer' }).click()
  await expect(details.getByRole('list', { name: 'Messages' }).getByText('Your disk has room again.')).toBeVisible()
  expect(billing.ticketMessages().at(-1)).toMatchObject({ ticket_id: ticket.id, user_id: me.id, message: 'Your disk has room again.' })
  expect(billing.tickets().find((one) => one.id === ticket.id)?.status).toBe('replied')
  await photograph(app, 'ticket-answered')
  expect(app.complaints).toEqual([])
})

test('an invoice is marked as paid after it was said what that renews, and then never again', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const subject = estate.story.find((line) => line.role === 'overdue')
  const invoice = subject === undefined ? undefined : estate.billing.invoicesOf(subject.serviceId).find((one) => one.status === 'pending')
  if (subject === undefined || invoice === undefined) throw new Error('nobody owes anything in the estate')
  const before = estate.billing.service(subject.serviceId)?.expires_at

  await page.keyboard.press('Control+k')
  await page.getByRole('textbox', { name: 'Search' }).fill(`#${invoice.id}`)
  await page.getByRole('dialog').getByRole('button', { name: new RegExp(`^#${invoice.id}\\b.*pending`) }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await details.getByRole('button', { name: 'Mark as paid' }).click()
  const dialog = page.getByRole('dialog')
  const told = dialog.getByRole('region', { name: `What it renews: service ${subject.serviceId}` })
  await expect(told).toContainText('→')
  await expectAccessible(page)
  await photograph(app, 'mark-as-paid')
  expect(estate.billing.invoice(invoice.id)?.status).toBe('pending')
  await dialog.getByRole('button', { name: 'Mark as paid' }).click()
  await expect(dialog).toBeHidden()
  await expect(details.getByText('paid', { exact: true })).toBeVisible()
  await expect(details.getByRole('button', { name: 'Mark as paid' })).toHaveCount(0)
  expect(estate.billing.invoice(invoice.id)?.status).toBe('paid')
  expect(estate.billing.service(subject.serviceId)).toMatchObject({ status: 'active' })
  expect(estate.billing.service(subject.serviceId)?.expires_at).not.toBe(before)
  expect(app.complaints).toEqual([])
})

test('a preset says what machine a product stands for, and new VMs may be made to it', async ({ connectedApp: { page, complaints } }) => {
  await openScreen(page, 'Plans')
  await page.getByRole('button', { name: /^The machine of Free VPS/ }).first().click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: /^Professional/ }).click()
  await form.getByRole('button', { name: /^Free/ }).click()
  await expect(form.getByRole('textbox', { name: 'Images' })).toHaveValue('ubuntu-22.04')
  await expect(form.getByText('Set it to 30 days too', { exact: false })).toBeVisible()
  await expectAccessible(page)
  await form.getByRole('button', { name: 'Keep' }).click()
  await expect(form).toBeHidden()
  await expect(page.getByText('1 shared vCPU · 512 MB · 10 GB').first()).toBeVisible()
  await openScreen(page, 'VMs')
  await page.getByRole('button', { name: 'New VM' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Size' }).click()
  await page.getByRole('option', { name: 'Free VPS' }).click()
  await expect(page.getByRole('dialog').getByRole('textbox', { name: 'Memory, MB' })).toHaveValue('512')
  expect(complaints).toEqual([])
})

test('a leak is closed by linking what belongs together', async ({ connectedApp: app, estate, cli }) => {
  const { page } = app
  const subject = estate.story.find((line) => line.role === 'current' && line.vm !== null)
  if (subject === undefined) throw new Error('the estate has no such customer')
  await openScreen(page, 'Leaks')
  await page.getByRole('textbox', { name: 'Filter leaks' }).fill(`kind:service-without-vm #${subject.serviceId}`.replace('#', ''))
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: `#${subject.serviceId}`, exact: true }) })
  await row.getByRole('gridcell').first().click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await expectAccessible(page)
  await photograph(app, 'leak')
  await details.getByRole('button', { name: /^Link:/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Link', exact: true }).first().click()
  await expect(row).toHaveCount(0)
  expect(await cli.run(['link', 'list'])).toEqual([expect.objectContaining({ name: subject.vm?.name })])
  expect(app.complaints).toEqual([])
})

test('what could not be derived is listed with the reason, and with whose it is', async ({ connectedApp: app, estate, cli }) => {
  const { page } = app
  const customer = estate.billing.addCustomer({ first_name: 'Odd', last_name: 'Price', email: 'odd@price.example' })
  // No plan of its product has this price, and no invoice tells a period.
  const service = estate.billing.addService({ user_id: customer.id, product_id: 2, plan_id: 2, status: 'active', price: '123.45', expires_at: '2026-12-07' })
  await cli.run(['billing', 'sync', '--full'])
  await page.evaluate(() => {
    window.location.hash = '#/underived'
  })
  const row = page.getByRole('grid').getByRole('row').filter({ hasText: `#${service.id}` })
  await expect(row).toContainText('Odd Price')
  await expect(row).toContainText('period')
  await expectAccessible(page)
  await photograph(app, 'underived-listed')
  expect(app.complaints).toEqual([])
})
