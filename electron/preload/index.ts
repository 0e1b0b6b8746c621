// Hands the port to the worker over to the page, and nothing else.
import { ipcRenderer } from 'electron'

// The page's own script has run by then, so that the first port finds its listener.
const loaded = new Promise<void>((resolve) => {
  window.addEventListener('DOMContentLoaded', () => {
    resolve()
  })
})

async function handOver(ports: readonly MessagePort[]): Promise<void> {
  await loaded
  window.postMessage({ kind: 'flint-console:port' }, window.location.origin, [...ports])
}

ipcRenderer.on('flint-console:port', (event) => {
  void handOver(event.ports)
})

ipcRenderer.send('flint-console:ready')
