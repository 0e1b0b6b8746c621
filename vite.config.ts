// Builds the three programs: the shell (main), the worker with its command line, and the renderer.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const root = import.meta.dirname
/** scripts/build.ts builds aside, then puts the whole in its place at once. */
const out = resolve(root, process.env['FLINT_CONSOLE_BUILD_OUT'] ?? 'out')
const native = ['better-sqlite3', '@napi-rs/keyring', 'electron', 'bufferutil', 'utf-8-validate']

/** What a page needs at once comes in few files: each costs a trip through a shell that is busy starting. A console's frame takes nothing of the app's. */
const renderedChunks = [
  { name: 'common', tags: ['$initial' as const], test: /features\/consoles\/frame\/protocol|consoles\/frameAddress|domain\/keyboard|lib\/nonce|@fontsource/, priority: 3 },
  { name: 'frame', tags: ['$initial' as const], test: /novnc|xterm|features\/consoles\/frame\//, priority: 2 },
  { name: 'app', tags: ['$initial' as const], test: (moduleId: string) => !moduleId.endsWith('.html'), priority: 1 },
]

const programs = {
  main: {
    build: {
      target: 'node20.18',
      outDir: resolve(out, 'main'),
      rollupOptions: {
        external: native,
        input: {
          main: resolve(root, 'electron/main/index.ts'),
          worker: resolve(root, 'electron/worker/index.ts'),
          cli: resolve(root, 'electron/worker/cli/index.ts'),
          keychain: resolve(root, 'electron/worker/secrets/keychainThread.ts'),
          estate: resolve(root, 'electron/worker/host/estateThread.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs' },
      },
    },
  },
  preload: {
    build: {
      target: 'node20.18',
      outDir: resolve(out, 'preload'),
      rollupOptions: {
        external: ['electron'],
        input: { preload: resolve(root, 'electron/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      target: 'chrome130',
      outDir: resolve(out, 'renderer'),
      minify: true,
      // Nothing as data addresses: the content security policy lets fonts in from files only.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2_000,
      rollupOptions: {
        input: { index: resolve(root, 'renderer/index.html'), console: resolve(root, 'renderer/console.html') },
        output: { codeSplitting: { groups: renderedChunks } },
      },
    },
  },
} satisfies Parameters<typeof defineConfig>[0]

/** scripts/build.ts builds one program at a time, and only what has changed. */
function isProgram(name: string | undefined): name is keyof typeof programs {
  return name !== undefined && Object.hasOwn(programs, name)
}

const only = process.env['FLINT_CONSOLE_BUILD_ONLY']

export default defineConfig(isProgram(only) ? { [only]: programs[only] } : programs)
