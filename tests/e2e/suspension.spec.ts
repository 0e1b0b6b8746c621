// The main job in the window: an unpaid invoice stops a VM, a payment starts it again; first by a click, then by itself.
import type { Page } from '@playwright/test'
import type { Estate } from '../../demo/estate.ts'
import { actionsSent, overdueSubject, stubbornSubject } from './estateParts.ts'
import type { Subject } from './estateParts.ts'
import { expect, test } from './fixtures.ts'
import { openAutomation, openScreen } from './screenParts.ts'

async function confirmLink(page: Page, subject: Subject): Promise<void> {
  await openScreen(page, 'Services')
  await page.getByRole('button', { name: /suggested link/i }).click()
  const confirm = page.getByRole('button', { name: `Confirm service ${subject.serviceId} with ${subject.vm.name}` })
  await confirm.click()
  await expect(confirm).toBeHidden()
  await page.keyboard.press('Escape')
}

async function setMode(page: Page, mode: 'approve' | 'auto'): Promise<void> {
  await openAutomation(page, 'Policy')
  await page.getByRole('radio', { name: new RegExp(`^${mode}`) }).click()
  if (mode === 'auto') await page.getByRole('button', { name: 'Set the mode to auto' }).click()
  await expect(page.getByRole('radio', { name: new RegExp(`^${mode}`) })).toBeChecked()
}

/** The queue's newest finished entry is the suspension of this VM, and Paymenter was told. */
async function expectDone(page: Page, subject: Subject): Promise<void> {
  const newest = page.getByRole('region', { name: 'Done' }).getByRole('row').first()
  await expect(newest).toContainText(`Suspended`)
  await expect(newest).toContainText(subject.vm.name)
}

async function payAndRun(page: Page, estate: Estate, subject: Subject): Promise<void> {
  estate.billing.payInvoice(subject.invoiceId)
  await openAutomation(page, 'Queue')
  await page.getByRole('button', { name: 'Run now' }).click()
  await expect.poll(() => subject.vm.state, { timeout: 30_000 }).toBe('Running')
  await expect.poll(() => estate.billing.service(subject.serviceId)?.status).toBe('active')
}

test('link, observe, approve, suspend, pay, give back; then the same by itself', async ({ connectedApp: { page }, cli, estate }) => {
  const first = overdueSubject(estate)
  const second = stubbornSubject(estate)

  await test.step('a suggested link is confirmed by hand', () => confirmLink(page, first))

  await test.step('observe: the plan says suspend and why, nothing is sent', async () => {
    await openAutomation(page, 'Plan')
    await expect(page.getByText(first.vm.name).first()).toBeVisible()
    await expect(page.getByText('suspend', { exact: true }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Run now' }).click()
    await expect(page.getByText('Run ended')).toBeVisible({ timeout: 30_000 })
    expect(actionsSent(estate, first)).toEqual([])
    expect(first.vm.state).toBe('Running')
  })

  await test.step('approve: the suspension waits for a click, then the node and Paymenter show it', async () => {
    await setMode(page, 'approve')
    await openAutomation(page, 'Queue')
    const approve = page.getByRole('button', { name: `Approve: Suspend ${first.vm.name}` })
    await expect(approve).toBeVisible()
    expect(actionsSent(estate, first)).toEqual([])
    await approve.click()
    await expect.poll(() => first.vm.state, { timeout: 30_000 }).toBe('Shutoff')
    await expect.poll(() => estate.billing.service(first.serviceId)?.status).toBe('suspended')
    await expectDone(page, first)
  })

  await test.step('the payment starts the VM again without a click', async () => {
    await payAndRun(page, estate, first)
    expect(actionsSent(estate, first)).toEqual(['stop', 'start'])
  })

  await test.step('auto: a guest that ignores the stop is forced off, and given back, by itself', async () => {
    await cli.run(['policy', 'set', 'forceAfterSeconds=3'])
    await setMode(page, 'auto')
    await confirmLink(page, second)
    await openAutomation(page, 'Queue')
    await page.getByRole('button', { name: 'Run now' }).click()
    await expect.poll(() => second.vm.state, { timeout: 30_000 }).toBe('Shutoff')
    await expect.poll(() => estate.billing.service(second.serviceId)?.status, { timeout: 30_000 }).toBe('suspended')
    await expectDone(page, second)
    await payAndRun(page, estate, second)
    expect(actionsSent(estate, second)).toEqual(['stop', 'force-stop', 'start'])
  })

  await test.step('the record tells it and is whole', async () => {
    await openAutomation(page, 'Record')
    await expect(page.getByText(first.vm.name).first()).toBeVisible()
    await page.getByRole('button', { name: /verify/i }).click()
    await expect(page.getByText(/whole|intact/i).first()).toBeVisible()
  })
})
