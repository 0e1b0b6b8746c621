// One VM's console: its bar, its frame, what stands over it while it is away, and its shortcuts.
import { useEffect, useRef, useState } from 'react'
import { useRead } from '../../lib/queries.ts'
import { tellFailure } from '../../lib/tell.tsx'
import type { VmKey } from '../../lib/vmKey.ts'
import { ConsoleBar } from './ConsoleBar.tsx'
import { ConsoleOverlay } from './ConsoleOverlay.tsx'
import type { Chord } from './frame/protocol.ts'
import { toggleFullScreen } from './fullScreen.ts'
import { SerialSearch } from './SerialSearch.tsx'
import type { ConsoleSession } from './session.ts'
import { useConsoleSession, useConsoleView } from './useConsole.ts'

interface ConsolePaneProps {
  readonly vm: VmKey
  /** In front, and on the screen that is shown. */
  readonly isShown: boolean
  readonly isWindow: boolean
  readonly onMove: () => void
  readonly onStep: (by: 1 | -1) => void
}

export function ConsolePane(props: ConsolePaneProps) {
  const session = useConsoleSession(props.vm)
  return <div className={props.isShown ? 'console-pane' : 'console-pane behind'}><Console {...props} session={session} /></div>
}

function Console({ vm, isShown, isWindow, onMove, onStep, session }: ConsolePaneProps & { readonly session: ConsoleSession }) {
  const { phase, settings, focused } = useConsoleView(session)
  const row = useRead('vms.list', {}).data?.find((one) => one.nodeId === vm.nodeId && one.uuid === vm.uuid)
  const vmName = row?.name ?? vm.uuid
  const pane = useRef<HTMLDivElement>(null)
  const place = useRef<HTMLDivElement>(null)
  const [searching, setSearching] = useState(false)
  const isOpen = phase.kind === 'open'
  const runs = row?.state === 'running'

  useEffect(() => {
    if (place.current !== null) session.mount(place.current, 'Console')
    return () => {
      session.unmount()
    }
  }, [session])
  useEffect(() => {
    if (runs) session.vmRuns()
  }, [session, runs])
  useEffect(() => {
    session.show(isShown)
  }, [session, isShown])
  // Opening a console means wanting to type into it.
  useEffect(() => {
    if (isShown && isOpen && !dialogIsOpen()) session.focus()
  }, [session, isShown, isOpen])

  const fullScreen = (): void => {
    const element = pane.current
    if (element === null) return
    toggleFullScreen(element).catch((error: unknown) => {
      tellFailure('Full screen was refused', error)
    })
  }
  const onChord = (chord: Chord): void => {
    switch (chord) {
      case 'leave':
        pane.current?.querySelector<HTMLElement>('.console-kinds button')?.focus()
        return
      case 'next':
        onStep(1)
        return
      case 'previous':
        onStep(-1)
        return
      case 'full-screen':
        fullScreen()
        return
      case 'find':
        setSearching(true)
    }
  }
  const latest = useRef(onChord)
  useEffect(() => {
    latest.current = onChord
  })
  useEffect(() => session.onChord((chord) => latest.current(chord)), [session])

  return (
    <div ref={pane} className="console">
      <ConsoleBar
        session={session}
        vm={row}
        vmName={vmName}
        isWindow={isWindow}
        onMove={onMove}
        onFullScreen={fullScreen}
        onSearch={() => {
          setSearching(true)
        }}
      />
      <div className={`console-stage ${focused ? 'focused' : ''} ${isOpen ? '' : 'dimmed'}`}>
        <div ref={place} className="console-place" />
        <ConsoleOverlay session={session} phase={phase} vm={row} />
        {searching && settings.kind === 'serial' && (
          <SerialSearch
            session={session}
            close={() => {
              setSearching(false)
            }}
          />
        )}
      </div>
    </div>
  )
}

function dialogIsOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null
}
