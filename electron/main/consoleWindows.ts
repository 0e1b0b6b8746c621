// A console in a window of its own: the one kind of window that a page may open, and how it looks.
import { nativeTheme } from 'electron'
import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron'
import { pageUrl } from './appScheme.ts'

const route = /^#\/console-window\/[^/?#]+\/[^/?#]+$/

/** Whether an address is the app's own console route, and nothing else. */
export function isConsoleWindow(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  return address.startsWith(pageUrl) && url.search === '' && route.test(url.hash)
}

/** Size and place come from the page, which remembers them for each VM. */
export function consoleWindowOptions(icon: string, webPreferences: WebPreferences): BrowserWindowConstructorOptions {
  return {
    minWidth: 480,
    minHeight: 320,
    title: 'Flint Console',
    icon,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141517' : '#fbfbfa',
    webPreferences,
  }
}
