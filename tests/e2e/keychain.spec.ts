// A keychain that is locked, missing or silent, as the operator meets it: said, with the way out, and nothing lost.
import { startKeyringSession, type KeyringSession } from '../helpers/keyring.ts'
import { startApp } from './app.ts'
import { test as base, expect } from './fixtures.ts'
import { openScreen } from './screenParts.ts'

interface KeychainFixtures {
  keychain: 'unlocked' | 'locked' | 'none'
  session: KeyringSession
}

/** A keyring of the test's own, for it is locked and unlocked meanwhile. */
const test = base.extend<KeychainFixtures>({
  keychain: ['unlocked', { option: true }],
  session: async ({ keychain }, use) => {
    const session = await startKeyringSession(keychain)
    await use(session)
    await session.stop()
  },
  environment: async ({ session }, use) => {
    await use({ DBUS_SESSION_BUS_ADDRESS: session.env.DBUS_SESSION_BUS_ADDRESS })
  },
})

test.describe('locked at the first start', () => {
  test.use({ keychain: 'locked' })

  test('it is said with the way out; once unlocked, a node is connected', async ({ app: { page }, session, estate }) => {
    const notice = page.getByRole('alert').filter({ hasText: 'The keychain is locked' })
    await expect(notice).toContainText('Unlock the keyring')
    await session.restart('unlocked')
    await notice.getByRole('button', { name: 'Check again' }).click()
    await expect(notice).toBeHidden()
    const [node] = estate.connect.nodes
    if (node === undefined) throw new Error('the estate has no node')
    await page.getByRole('button', { name: 'Connect a node' }).click()
    await page.getByLabel('Address').fill(node.url)
    await page.getByRole('textbox', { name: 'API key' }).fill(node.key)
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByRole('link', { name: 'Overview' })).toBeVisible()
  })
})

test.describe('missing at the first start', () => {
  test.use({ keychain: 'none' })

  test('it is said; a node is not saved anywhere else; the demo needs none', async ({ app: { page }, estate, cli }) => {
    await expect(page.getByRole('alert').filter({ hasText: 'There is no keychain' })).toContainText('gnome-keyring')
    const [node] = estate.connect.nodes
    if (node === undefined) throw new Error('the estate has no node')
    await page.getByRole('button', { name: 'Connect a node' }).click()
    await page.getByLabel('Address').fill(node.url)
    await page.getByRole('textbox', { name: 'API key' }).fill(node.key)
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'keys can neither be read nor saved' }).last()).toBeVisible()
    expect(await cli.run(['node', 'list'])).toEqual([])
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Explore the demo' }).click()
    await expect(page.getByRole('link', { name: 'Overview' })).toBeVisible({ timeout: 30_000 })
    await expect(page.getByText('There is no keychain')).toBeHidden()
  })
})

test('one that gives no answer does not keep the window from being used', async ({ host, dataDir, environment, session }) => {
  session.freeze()
  const app = await startApp({ host, dataDir, environment })
  try {
    await expect(app.page.getByRole('button', { name: 'Explore the demo' })).toBeEnabled()
    await expect(app.page.getByRole('alert')).toContainText('The keychain is locked')
  } finally {
    await app.close()
  }
})

test('locked after a restart, nodes are shown as they were last seen, and reached again once it is open', async ({ connectedApp, host, cli, dataDir, environment, session, estate }) => {
  const [node] = estate.connect.nodes
  if (node === undefined) throw new Error('the estate has no node')
  await connectedApp.close()
  await session.restart('locked')
  const app = await startApp({ host, dataDir, environment })
  const { page } = app
  try {
    const banner = page.getByRole('region', { name: 'Keychain' })
    await expect(banner).toContainText('The keychain is locked.')
    await openScreen(page, 'Nodes')
    await expect(page.getByRole('link', { name: node.name, exact: true }).first()).toBeVisible()
    await session.restart('unlocked')
    await banner.getByRole('button', { name: 'Check again' }).click()
    await expect(banner).toBeHidden()
    const states = async (): Promise<unknown> => ((await cli.run(['node', 'check'])) as { state: string }[]).map((node) => node.state)
    await expect.poll(states, { timeout: 30_000 }).toEqual(estate.connect.nodes.map(() => 'ok'))
  } finally {
    await app.close()
  }
})
