// Where `npm run package` puts the unpacked app.
import { join } from 'node:path'
import { root } from './requirements.ts'

const packageDir = join(root, 'dist')

/** The program of the unpacked app for this system. */
export function packagedExecutable(): string {
  const isArm = process.arch === 'arm64'
  if (process.platform === 'darwin') return join(packageDir, isArm ? 'mac-arm64' : 'mac', 'Flint Console.app', 'Contents', 'MacOS', 'Flint Console')
  if (process.platform === 'win32') return join(packageDir, isArm ? 'win-arm64-unpacked' : 'win-unpacked', 'Flint Console.exe')
  return join(packageDir, isArm ? 'linux-arm64-unpacked' : 'linux-unpacked', 'flint-console')
}
