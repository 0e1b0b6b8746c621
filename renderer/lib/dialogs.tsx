// Dialogs asked for from any screen: one host shows them one after the other.
import { Modal } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactNode } from 'react'

interface OpenDialog {
  readonly title: ReactNode
  readonly sizePx: number
  readonly body: (close: () => void) => ReactNode
}

interface Dialogs {
  /** Opens a dialog; `body` gets how to close it. */
  open(title: ReactNode, body: (close: () => void) => ReactNode, sizePx?: number): void
}

const DialogsContext = createContext<Dialogs | null>(null)

export function useDialogs(): Dialogs {
  const dialogs = use(DialogsContext)
  if (dialogs === null) throw new Error('there is no dialog host above this component')
  return dialogs
}

export function DialogHost({ children }: { readonly children: ReactNode }) {
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const [shown, setShown] = useState(false)
  const close = useCallback(() => {
    setShown(false)
  }, [])
  const router = useRouter()
  // A link in a dialog leads to another screen: the dialog does not stay in front of it.
  useEffect(
    () =>
      router.subscribe('onBeforeNavigate', ({ pathChanged }) => {
        if (pathChanged) close()
      }),
    [router, close],
  )
  const dialogs = useMemo<Dialogs>(
    () => ({
      open(title, body, sizePx = 480) {
        setDialog({ title, body, sizePx })
        setShown(true)
      },
    }),
    [],
  )
  return (
    <DialogsContext value={dialogs}>
      {children}
      <Modal opened={shown} onClose={close} title={dialog?.title} size={dialog?.sizePx ?? 480}>
        {dialog?.body(close)}
      </Modal>
    </DialogsContext>
  )
}
