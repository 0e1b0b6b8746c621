// The palette's own store: what opens it from anywhere, and what is selected in it.
import { createSpotlight } from '@mantine/spotlight'

const [store, actions] = createSpotlight()

export const paletteStore = store

export function openPalette(): void {
  actions.open()
}

/** Selects the first entry that is shown: what arrived later than the typing is what Enter means. */
export function selectFirstEntry(): void {
  const { listId } = store.getState()
  const list = listId === '' ? null : document.getElementById(listId)
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: 0 }))
}
