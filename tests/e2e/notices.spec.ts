// Notices in the window: a mail server is set up, tried out, given a text of one's own; and the page never holds its password.
import { startMailServer } from '../helpers/mailServer.ts'
import { expect, test } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

const password = 'canary-of-the-mail-server-5529'

test('set up a mail server, send a test, change a text', async ({ connectedApp: { page, complaints } }) => {
  const server = await startMailServer({ login: { user: 'console', password } })
  try {
    await openScreen(page, 'Settings')
    await page.getByRole('button', { name: 'Set up notices' }).click()
    const dialog = page.getByRole('dialog')

    await test.step('what cannot be is refused in words, and nothing is saved', async () => {
      await dialog.getByLabel('Mail server').fill('smtps://localhost')
      await dialog.getByLabel('Sender’s address').fill('billing@acme.example')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog.getByRole('alert')).toContainText('is not the name of a server')
    })

    await test.step('saved', async () => {
      await dialog.getByLabel('Mail server').fill('localhost')
      await dialog.getByLabel('Port').fill(String(server.port))
      await dialog.getByLabel('User', { exact: true }).fill('console')
      await dialog.getByLabel('Password').first().fill(password)
      await dialog.getByLabel('Sender’s name').fill('Acme Hosting')
      await dialog.getByLabel('Certificate').fill(server.certificate)
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog).toBeHidden()
      await expect(page.getByText(`localhost:${server.port}`)).toBeVisible()
      await expect(page.getByText('The mode is observe: nothing is sent.')).toBeVisible()
    })

    await test.step('a test mail arrives, and the server’s answer is shown', async () => {
      await page.getByRole('button', { name: 'Send a test' }).click()
      await dialog.getByLabel('To').fill('me@acme.example')
      await dialog.getByRole('button', { name: 'Send' }).click()
      await expect(dialog.getByText('The server took it for me@acme.example.')).toBeVisible()
      expect(server.mails).toHaveLength(1)
      await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
      await expect(dialog).toBeHidden()
    })

    await test.step('a text with a variable that is not known is refused by its name; a good one is previewed and saved', async () => {
      await page.getByRole('button', { name: 'Edit the text: After a suspension' }).click()
      await dialog.getByLabel('Subject').fill('{{vm}} ist aus')
      await dialog.getByLabel('Text').fill('Guten Tag {{custmer}}')
      await dialog.getByRole('button', { name: 'Preview' }).click()
      await expect(dialog.getByRole('alert')).toContainText('{{custmer}}')
      await dialog.getByLabel('Text').fill('Guten Tag {{customer}}')
      await dialog.getByRole('button', { name: 'Preview' }).click()
      await expect(dialog.getByRole('region', { name: 'Preview' })).toContainText('Guten Tag Ada Lovelace')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(dialog).toBeHidden()
      await expect(page.getByText('{{vm}} ist aus')).toBeVisible()
    })

    const shown = await page.evaluate(
      () => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
    )
    expect(shown.includes(password)).toBe(false)
    expect(complaints).toEqual([])
  } finally {
    await server.stop()
  }
})
