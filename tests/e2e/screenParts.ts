// Ways through the screens that several specs take.
import type { Locator, Page } from '@playwright/test'

/** Opens one of the sidebar's screens. */
export async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: new RegExp(`^${name}\\b`) }).click()
}

/** The fleet's table with one VM in it. */
export async function showVm(page: Page, name: string): Promise<void> {
  await openScreen(page, 'VMs')
  await page.getByRole('textbox', { name: 'Filter VMs' }).fill(name)
  await page.getByRole('checkbox', { name: `Select ${name}` }).waitFor()
}

/** Asks for a power action in the VM's row; the dialog that it opens. */
export async function askPower(page: Page, verb: string, name: string): Promise<Locator> {
  await page.getByRole('button', { name: `${verb} ${name}` }).click()
  return page.getByRole('dialog')
}

/** Opens one of automation's parts. */
export async function openAutomation(page: Page, part: string): Promise<void> {
  await openScreen(page, 'Automation')
  await page.getByRole('navigation', { name: 'Automation: parts' }).getByRole('link', { name: new RegExp(`^${part}\\b`) }).click()
}
