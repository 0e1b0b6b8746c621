// Ways through a console that several specs take: its frame, its picture, its bar.
import type { Frame, Locator, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import { SimulatedFlintNode } from '../../demo/flint/node.ts'
import type { CommandLine } from './commandLine.ts'
import { showVm } from './screenParts.ts'

const realKey = 'c0ffee00'.repeat(8)

/** A node of the test's own, `real-1`, with one VM, `real-guest`, and real servers behind its consoles; enrolled. */
export async function addRealNode(cli: CommandLine, ports: { readonly vncPort?: number; readonly serialPort?: number }): Promise<SimulatedFlintNode> {
  const node = new SimulatedFlintNode({
    hostname: 'real-1',
    key: realKey,
    cpuCores: 4,
    memoryKiB: 8_388_608,
    storageBytes: 1e12,
    vms: [{ name: 'real-guest', uuid: '0f0f0f0f-1111-4222-8333-444444444444', memoryKiB: 1_048_576, vcpus: 1, diskGiB: 10, state: 'Running', ...ports }],
    clock: Date,
    listDelayMs: 20,
    stopDelayMs: 150,
  })
  await node.start()
  await cli.run(['node', 'add', '--name', 'real-1', '--url', node.url, '--key-stdin'], realKey)
  return node
}

/** Opens a VM's console with one key on its row in the fleet. */
export async function openConsole(page: Page, name: string): Promise<void> {
  await showVm(page, name)
  await page.getByRole('checkbox', { name: `Select ${name}` }).focus()
  await page.keyboard.press('c')
  await expect(page.getByRole('region', { name: 'Consoles' })).toBeVisible()
}

/** The pane that is in front. */
export function frontPane(page: Page): Locator {
  return page.locator('.console-pane:not(.behind) .console')
}

/** The document of the console in front. */
export async function consoleFrame(page: Page): Promise<Frame> {
  const element = await frontPane(page).locator('iframe').elementHandle()
  const frame = await element?.contentFrame()
  if (frame === null || frame === undefined) throw new Error('the console has no frame')
  return frame
}

/** Waits until the console in front shows what its server sends. */
export async function expectOpen(page: Page): Promise<void> {
  await expect(frontPane(page).locator('.console-overlay')).toHaveCount(0)
}

/** What stands over the console in front while it is away. */
export function overlay(page: Page): Locator {
  return frontPane(page).getByRole('alert')
}

export interface CanvasPicture {
  readonly width: number
  readonly height: number
  /** Red, green, blue of each pixel in base64. */
  readonly rgb: Buffer
}

/** The screen as noVNC has painted it, pixel by pixel. */
export async function picture(frame: Frame): Promise<CanvasPicture> {
  const { width, height, rgb } = await frame.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#console canvas:not(.last-picture)')
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
    if (canvas === null || pixels === undefined) return { width: 0, height: 0, rgb: '' }
    const parts: string[] = []
    for (let at = 0; at < pixels.data.length; at += 4) parts.push(String.fromCharCode(pixels.data[at] ?? 0, pixels.data[at + 1] ?? 0, pixels.data[at + 2] ?? 0))
    return { width: canvas.width, height: canvas.height, rgb: btoa(parts.join('')) }
  })
  return { width, height, rgb: Buffer.from(rgb, 'base64') }
}

/** The terminal's whole text. */
export function terminalText(frame: Frame): Promise<string> {
  return frame.evaluate(() => document.querySelector('.xterm-rows')?.textContent ?? '')
}

/** Opens one of the bar's menus and chooses from it. */
export async function choose(page: Page, menu: string, item: string, role: 'menuitem' | 'menuitemradio' | 'menuitemcheckbox' = 'menuitem'): Promise<void> {
  await frontPane(page).getByRole('button', { name: menu, exact: true }).click()
  await frontPane(page).getByRole(role, { name: item, exact: true }).click()
}
