// The least that an Electron app can be: one window with an empty page. The baseline of startup and memory.
const { app, BrowserWindow } = require('electron')

app.on('ready', () => {
  const window = new BrowserWindow({ width: 1280, height: 800 })
  void window.loadURL('data:text/html,<title>empty</title>')
})
app.on('window-all-closed', () => app.quit())
