// Gives a pane its session for as long as it stands.
import { useState, useSyncExternalStore } from 'react'
import { useConnection } from '../../lib/queries.ts'
import type { VmKey } from '../../lib/vmKey.ts'
import { ConsoleSession, type ConsoleView } from './session.ts'

/** The session of a VM's console. The component that asks for it is made anew for another VM (by its key). */
export function useConsoleSession({ nodeId, uuid }: VmKey): ConsoleSession {
  const connection = useConnection()
  const [session] = useState(() => new ConsoleSession(connection, { nodeId, uuid }))
  return session
}

export function useConsoleView(session: ConsoleSession): ConsoleView {
  return useSyncExternalStore(session.subscribe, session.view)
}
