// Power actions in words: what they do, when they make sense, and how their end is told.
import type { MethodInput } from '../../../shared/contract/index.ts'
import { formatClock } from '../../lib/formatTime.ts'
import type { VmRow } from './states.tsx'

export type PowerAction = MethodInput<'vms.power'>['action']

export const powerActions = ['start', 'stop', 'force-stop', 'reboot', 'pause', 'resume'] as const satisfies readonly PowerAction[]

export const powerVerbs: Record<PowerAction, string> = {
  start: 'Start',
  stop: 'Stop',
  'force-stop': 'Force stop',
  reboot: 'Reboot',
  pause: 'Pause',
  resume: 'Resume',
}

export const powerMeanings: Record<PowerAction, string> = {
  start: 'It is started.',
  stop: 'The guest is asked to shut down, and followed until it is off. A guest may ignore it.',
  'force-stop': 'The power is cut at once: what the guest has not written to its disk is lost.',
  reboot: 'The guest is asked to restart. From outside nobody can prove that it did.',
  pause: 'It freezes and keeps its memory. It does not free anything.',
  resume: 'It goes on where it was paused.',
}

/** Whether an action makes sense for what was last seen; an unknown state allows the ones that are harmless when they are already so. */
export function mayDo(action: PowerAction, state: VmRow['state']): boolean {
  switch (action) {
    case 'start':
      return state === 'shutoff' || state === 'crashed' || state === 'unknown'
    case 'stop':
    case 'reboot':
      return state === 'running' || state === 'unknown'
    case 'force-stop':
      return state !== 'shutoff'
    case 'pause':
      return state === 'running'
    case 'resume':
      return state === 'paused'
  }
}

/** Starting and resuming harm nobody; everything else is asked about first. */
export function needsAsking(action: PowerAction): boolean {
  return action !== 'start' && action !== 'resume'
}

const ends: Record<PowerAction, string> = {
  start: 'Started',
  stop: 'Stopped',
  'force-stop': 'Forced off',
  reboot: 'Reboot sent',
  pause: 'Paused',
  resume: 'Resumed',
}

/** `Stopped 14:02:10, verified`; a reboot says that nobody can see it from outside. */
export function powerEnd(action: PowerAction, verified: boolean, atMs: number): string {
  const end = `${ends[action]} ${formatClock(atMs)}`
  if (verified) return `${end}, verified`
  return action === 'reboot' ? `${end}; a reboot cannot be seen from outside` : `${end}, not verified`
}
