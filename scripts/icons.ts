// Draws the icons' PNG files from their SVG sources, with the Chromium of the tests. Run by hand after a source was changed.
import { chromium } from '@playwright/test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumExecutable } from './requirements.ts'

const resources = join(import.meta.dirname, '..', 'resources')
const drawings: { readonly source: string; readonly target: string; readonly pixels: number }[] = [
  ...[16, 24, 32].map((pixels) => ({ source: 'icon/icon-small.svg', target: `icon/${pixels}x${pixels}.png`, pixels })),
  ...[48, 64, 128, 256, 512].map((pixels) => ({ source: 'icon/icon.svg', target: `icon/${pixels}x${pixels}.png`, pixels })),
  { source: 'tray/tray.svg', target: 'tray/tray-22.png', pixels: 22 },
  { source: 'tray/tray.svg', target: 'tray/tray-32.png', pixels: 32 },
  { source: 'tray/trayTemplate.svg', target: 'tray/trayTemplate.png', pixels: 16 },
  { source: 'tray/trayTemplate.svg', target: 'tray/trayTemplate@2x.png', pixels: 32 },
]

const executablePath = chromiumExecutable()
if (executablePath === null) throw new Error('Chromium is needed to draw the icons: install it, or name it by FLINT_CONSOLE_CHROMIUM.')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] })
for (const { source, target, pixels } of drawings) {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels }, deviceScaleFactor: 1 })
  const svg = readFileSync(join(resources, source), 'utf8')
  await page.setContent(`<style>html,body{margin:0;background:transparent}svg{display:block;width:${pixels}px;height:${pixels}px}</style>${svg}`)
  writeFileSync(join(resources, target), await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: pixels, height: pixels } }))
  await page.close()
}
await browser.close()
