// The end-to-end specs: the same ones against the app in Electron and against browser mode in Chromium; the first also against the packaged app.
import { defineConfig } from '@playwright/test'
import type { AppOptions } from './tests/e2e/fixtures.ts'

const electronOnly = /(shell|utilityProcess)\.spec\.ts$/

export default defineConfig<AppOptions>({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  // Each test has a whole app, a worker and an estate of its own: more at once only make each slower.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  projects: [
    { name: 'electron', use: { host: 'electron' } },
    { name: 'chromium', use: { host: 'chromium' }, testIgnore: electronOnly },
    { name: 'packaged', use: { host: 'packaged' }, testMatch: /onboarding\.spec\.ts$/ },
  ],
})
