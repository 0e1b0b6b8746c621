// Tells the worker before this machine sleeps and after it wakes: it stops between two steps, and reads everything anew.
import { powerMonitor } from 'electron'

export function followPower(tell: (state: 'suspend' | 'resume') => void): void {
  powerMonitor.on('suspend', () => {
    tell('suspend')
  })
  powerMonitor.on('resume', () => {
    tell('resume')
  })
}
