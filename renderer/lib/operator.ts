// Who is at the desk: asked where the record wants a name, remembered on this machine.
import { isText, useRemembered } from './remembered.ts'

/** The operator's name as last given. */
export function useOperatorName(): readonly [string, (name: string) => void] {
  return useRemembered('operator', isText, '')
}
