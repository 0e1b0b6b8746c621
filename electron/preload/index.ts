// Hands the port to the worker over to the page, and nothing else.
import { ipcRenderer } from 'electron'

ipcRenderer.on('flint-console:port', (event) => {
  window.postMessage({ kind: 'flint-console:port' }, window.location.origin, event.ports)
})

// The page's own script has run by then, so that the first port finds its listener.
window.addEventListener('DOMContentLoaded', () => {
  ipcRenderer.send('flint-console:ready')
})
