// How a screen is looked at: by axe, and by a photograph in both sizes.
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { join } from 'node:path'
import { root } from '../../scripts/requirements.ts'
import type { RunningApp } from './app.ts'

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]

/**
 * What a person with a screen reader or weak sight would stumble over: nothing serious or critical may be left.
 * @param besides what is not the app's own page, e.g. a console's frame
 */
export async function expectAccessible(page: Page, besides: readonly string[] = []): Promise<void> {
  const whole = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await besides.reduce((builder, selector) => builder.exclude(selector), whole).analyze()
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([])
}

/** Kept under `test-results/screens/`, one for each size. */
export async function photograph(app: Pick<RunningApp, 'page' | 'host'>, name: string): Promise<void> {
  for (const size of sizes) {
    await app.page.setViewportSize(size)
    await app.page.screenshot({ path: join(root, 'test-results', 'screens', app.host, `${name}-${size.width}.png`) })
  }
}
