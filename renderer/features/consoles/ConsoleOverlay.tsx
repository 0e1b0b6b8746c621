// What stands over a console that is not open: why, what happens next, and what the operator can do about it.
import { IconPlayerPlay, IconPlugConnected, IconTerminal2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Button } from '../../components/Button.tsx'
import type { VmRow } from '../../components/estate/states.tsx'
import { usePower } from '../../components/estate/usePower.tsx'
import { Icon } from '../../components/Icon.tsx'
import type { ConsolePhase, ConsoleSession } from './session.ts'

const titles: Readonly<Record<string, string>> = {
  off: 'The VM is off',
  paused: 'The VM is paused',
  'no-screen': 'This Flint cannot show screens',
}

function nextWords(phase: Extract<ConsolePhase, { kind: 'away' }>): string | null {
  switch (phase.after) {
    case 'off':
    case 'paused':
      return 'It connects by itself as soon as the VM runs.'
    case 'retry':
      return 'It is tried again by itself.'
    case 'no-screen':
    case 'stay':
      return null
  }
}

export function ConsoleOverlay({ session, phase, vm }: { readonly session: ConsoleSession; readonly phase: ConsolePhase; readonly vm: VmRow | undefined }) {
  const power = usePower()
  if (phase.kind === 'open') return null
  if (phase.kind === 'opening') {
    return (
      <div className="console-overlay quiet" role="status">
        <p className="muted">Opening…</p>
      </div>
    )
  }
  const { reason, after } = phase
  const next = nextWords(phase)
  const actions: ReactNode[] = []
  if (after === 'off' && vm !== undefined) {
    actions.push(
      <Button key="start" kind="primary" icon={<Icon of={IconPlayerPlay} />} onClick={() => power(vm, 'start')}>
        Start
      </Button>,
    )
  }
  if (after === 'paused' && vm !== undefined) {
    actions.push(
      <Button key="resume" kind="primary" icon={<Icon of={IconPlayerPlay} />} onClick={() => power(vm, 'resume')}>
        Resume
      </Button>,
    )
  }
  if (after === 'no-screen') {
    actions.push(
      <Button key="serial" kind="primary" icon={<Icon of={IconTerminal2} />} onClick={() => session.switchTo('serial')}>
        Open the serial console
      </Button>,
    )
  }
  return (
    <div className="console-overlay" role="alert">
      <div className="console-card">
        <h2>{titles[after] ?? reason.message}</h2>
        {titles[after] !== undefined && <p>{reason.message}</p>}
        {reason.hint !== undefined && after !== 'off' && after !== 'paused' && <p className="muted">{reason.hint}</p>}
        {next !== null && <p className="muted">{next}</p>}
        <div className="row">
          {actions}
          <Button kind={actions.length === 0 ? 'primary' : 'default'} icon={<Icon of={IconPlugConnected} />} onClick={session.reconnect}>
            Reconnect
          </Button>
        </div>
        <p className="faint mono">{reason.code}</p>
      </div>
    </div>
  )
}
