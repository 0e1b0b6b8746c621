// Ways to a node through the screens: a pinned certificate that changes, an SSH tunnel, what is kept about a node; and no secret anywhere.
import type { Locator, Page } from '@playwright/test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SimulatedFlintNode } from '../../demo/flint/node.ts'
import { SshServer } from '../helpers/sshServer.ts'
import { CertificateShop, TlsFront } from '../helpers/tlsFront.ts'
import type { RunningApp } from './app.ts'
import { expect, test } from './fixtures.ts'
import { expectAccessible, photograph } from './looks.ts'
import { openScreen } from './screenParts.ts'

const passphrase = 'canary of an ssh key 8812'

/** Both themes, both sizes, and nothing to stumble over in either. */
async function lookAtThemes(app: RunningApp, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme: theme })
    await photograph(app, `${name}-${theme}`)
    await expectAccessible(app.page)
  }
}

function filesWith(folder: string, secret: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file).includes(secret))
}

async function addNode(page: Page): Promise<Locator> {
  await openScreen(page, 'Nodes')
  await page.getByRole('button', { name: 'Add node' }).click()
  return page.getByRole('dialog')
}

test('a node with its own certificate: shown, pinned; another one stops it until it is accepted', async ({ connectedApp: app, estate }) => {
  const { page } = app
  const [line] = estate.connect.nodes
  const [node] = estate.nodes
  if (line === undefined || node === undefined) throw new Error('the estate has no node')
  const shop = new CertificateShop()
  const [own, another] = [await shop.selfSigned('front.example'), await shop.selfSigned('front.example')]
  await using front = await TlsFront.open(own, line.url)
  try {
    const form = await addNode(page)
    await form.getByRole('textbox', { name: 'Address' }).fill(front.url)
    await form.getByRole('textbox', { name: 'API key' }).fill(line.key)
    await form.getByRole('button', { name: 'Look at it' }).click()
    await expect(form.getByText(own.fingerprint)).toBeVisible()
    await lookAtThemes(app, 'node-certificate')
    expect(front.received).toBe('')
    await form.getByRole('button', { name: 'Accept exactly this certificate' }).click()
    await form.getByRole('textbox', { name: 'Name' }).fill('pinned')
    await form.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('link', { name: 'pinned' }).first().click()
    await page.getByRole('link', { name: 'Access', exact: true }).click()
    await expect(page.getByText('by TLS, one pinned certificate')).toBeVisible()
    await lookAtThemes(app, 'node-access')

    front.show(another)
    await page.getByRole('button', { name: 'Check now' }).click()
    const alarm = page.getByText('The certificate has changed. Nothing is sent to this node.')
    await expect(alarm).toBeVisible()
    await expect(page.getByText(own.fingerprint).first()).toBeVisible()
    await expect(page.getByText(another.fingerprint).first()).toBeVisible()
    await lookAtThemes(app, 'node-certificate-changed')
    await page.getByRole('button', { name: 'Accept the new certificate' }).click()
    await expect(alarm).toBeHidden()

    await page.getByRole('textbox', { name: 'Location' }).fill('Mumbai, rack 4')
    await page.getByRole('textbox', { name: 'Tags' }).fill('nvme spare')
    await page.getByRole('button', { name: 'Keep' }).click()
    await expect(page.getByRole('button', { name: 'Keep' })).toBeDisabled()
    expect(app.complaints).toEqual([])
  } finally {
    shop.close()
  }
})

test('a node behind an SSH server: its host key accepted, let in by a key file whose passphrase is nowhere to be found', async ({ connectedApp: app, estate, dataDir }) => {
  const { page } = app
  const [line] = estate.connect.nodes
  if (line === undefined) throw new Error('the estate has no node')
  await using sshd = await SshServer.open()
  const key = await sshd.key('operator', passphrase)
  sshd.authorize(key)
  const form = await addNode(page)
  await form.getByText('Through SSH').click()
  await form.getByRole('textbox', { name: 'SSH server' }).fill('127.0.0.1')
  await form.getByRole('textbox', { name: 'Port' }).fill(String(sshd.port))
  await form.getByRole('textbox', { name: 'User' }).fill(sshd.user)
  await form.getByText('By a key file').click()
  await form.getByRole('textbox', { name: 'Key file' }).fill(key.file)
  await form.getByRole('textbox', { name: 'Its passphrase' }).fill(passphrase)
  await form.getByRole('textbox', { name: 'Address' }).fill(line.url)
  await form.getByRole('textbox', { name: 'API key' }).fill(line.key)
  await form.getByRole('button', { name: 'Look at it' }).click()
  await expect(form.getByText((await sshd.hostKey()).fingerprint)).toBeVisible()
  await lookAtThemes(app, 'node-host-key')
  await form.getByRole('button', { name: 'Accept exactly this host key' }).click()
  await form.getByRole('textbox', { name: 'Name' }).fill('tunnelled')
  await form.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.getByRole('link', { name: 'tunnelled' }).first().click()
  await page.getByRole('link', { name: 'Access', exact: true }).click()
  await expect(page.getByText('through an SSH tunnel')).toBeVisible()
  await lookAtThemes(app, 'node-access-tunnel')
  await page.getByRole('button', { name: 'Change key' }).click()
  await expect(page.getByRole('dialog').getByText('openssl rand -hex 32')).toBeVisible()
  await lookAtThemes(app, 'node-change-key')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  expect(filesWith(dataDir, passphrase)).toEqual([])
  const shown = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage))
  expect(shown.includes(passphrase)).toBe(false)
  expect(app.complaints).toEqual([])
})

test('a node whose key was changed is shown as refused; the dialog proves the new key, and only the right one takes the old one’s place', async ({ app, dataDir }) => {
  const { page } = app
  const [oldKey, newKey] = ['1c0ffee1'.repeat(8), '2c0ffee2'.repeat(8)]
  const machine = {
    hostname: 'kvm-k',
    cpuCores: 8,
    memoryKiB: 33_554_432,
    storageBytes: 1e12,
    vms: [{ name: 'vps-1', uuid: '00000000-0000-4000-8000-000000000001', memoryKiB: 1_048_576, vcpus: 1, diskGiB: 10, state: 'Running' as const }],
    clock: Date,
    listDelayMs: 20,
  }
  const flint = new SimulatedFlintNode({ ...machine, key: oldKey })
  await flint.start()
  let again: SimulatedFlintNode | null = null
  try {
    await page.getByRole('button', { name: /connect a node/i }).first().click()
    await page.getByRole('textbox', { name: 'Address' }).fill(flint.url)
    await page.getByRole('textbox', { name: 'API key' }).fill(oldKey)
    await page.getByRole('button', { name: 'Look at it' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('rekeyed')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await openScreen(page, 'Nodes')
    await page.getByRole('link', { name: 'rekeyed' }).first().click()
    await page.getByRole('link', { name: 'Access', exact: true }).click()

    await flint.stop()
    again = new SimulatedFlintNode({ ...machine, key: newKey, port: Number(new URL(flint.url).port) })
    await again.start()
    await page.getByRole('button', { name: 'Check now' }).click()
    await expect(page.getByText('key refused').first()).toBeVisible()
    await page.getByRole('button', { name: 'Change key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'API key' }).fill('3'.repeat(64))
    await dialog.getByRole('button', { name: 'Prove and change' }).click()
    await expect(dialog.getByRole('alert')).toContainText('refuses the API key')
    await photograph(app, 'node-key-refused')
    await dialog.getByRole('textbox', { name: 'API key' }).fill(newKey)
    await dialog.getByRole('button', { name: 'Prove and change' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByText('key refused')).toHaveCount(0)
    expect([...filesWith(dataDir, oldKey), ...filesWith(dataDir, newKey)]).toEqual([])
    expect(app.complaints).toEqual([])
  } finally {
    await flint.stop()
    await again?.stop()
  }
})
