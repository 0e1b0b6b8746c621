// Unit, database, peer and worker tests. The end-to-end specs run under Playwright (playwright.config.ts).
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/{unit,peers,worker,demo}/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    passWithNoTests: false,
  },
})
