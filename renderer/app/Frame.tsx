// The one frame around every screen: banner, sidebar, screen, status line, palette; and onboarding while nothing is connected.
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useConsoleKey } from '../components/estate/OpenConsole.tsx'
import { Welcome } from '../features/onboarding/Welcome.tsx'
import { DialogHost } from '../lib/dialogs.tsx'
import { useDensity } from '../lib/density.ts'
import { useLineState, useRead } from '../lib/queries.ts'
import { isYesOrNo, useRemembered } from '../lib/remembered.ts'
import { DemoBanner } from './DemoBanner.tsx'
import { DamageNotice } from './DamageNotice.tsx'
import { KeychainNotice } from './KeychainNotice.tsx'
import { LineNotice } from './LineNotice.tsx'
import { Sidebar } from './Sidebar.tsx'
import { StatusLine } from './StatusLine.tsx'

const ConsolesHost = lazy(async () => ({ default: (await import('../features/consoles/ConsolesHost.tsx')).ConsolesHost }))
const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }))

/** Dialogs are inside the router, so that what they show can lead somewhere. */
export function Frame() {
  return (
    <DialogHost>
      <FrameOrWelcome />
    </DialogHost>
  )
}

function FrameOrWelcome() {
  useDensity()
  useConsoleKey()
  const isConsoleWindow = useRouterState({ select: (state) => state.location.pathname.startsWith('/console-window/') })
  const line = useLineState()
  const status = useRead('system.status', {})
  const [folded, setFolded] = useRemembered('sidebar-folded', isYesOrNo, false)
  const [skippedFor, setSkippedFor] = useState<string | null>(null)
  if (line === 'refused' || status.data === undefined) {
    return <LineNotice line={line} error={status.error} />
  }
  if (isConsoleWindow) return <Outlet />
  const { nodes, billingConnected, demo, installationId } = status.data
  const empty = nodes === 0 && !billingConnected && !demo
  if (empty && skippedFor !== installationId) {
    return (
      <Welcome
        status={status.data}
        onSkip={() => {
          setSkippedFor(installationId)
        }}
      />
    )
  }
  return (
    <div className={folded ? 'frame folded' : 'frame'}>
      <div className="banners">
        {demo && <DemoBanner />}
        <DamageNotice damage={status.data.damage} />
        <KeychainNotice keychain={status.data.keychain} />
      </div>
      <Sidebar folded={folded} onFold={setFolded} />
      <Outlet />
      <Suspense>
        <ConsolesHost />
      </Suspense>
      <StatusLine status={status.data} />
      <Suspense>
        <Palette />
      </Suspense>
    </div>
  )
}
