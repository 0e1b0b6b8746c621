// What stands where a screen could not be shown: the rest of the app goes on.
import { useRouter } from '@tanstack/react-router'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { IconMapOff } from '@tabler/icons-react'
import { Button } from '../components/Button.tsx'
import { EmptyState } from '../components/EmptyState.tsx'
import { ErrorNotice } from '../components/Note.tsx'
import { Page } from '../components/Page.tsx'

export function RouteFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const again = (): void => {
    reset()
    void router.invalidate()
  }
  return (
    <Page title="This screen failed">
      <ErrorNotice error={error} action={<Button onClick={again}>Try again</Button>} />
    </Page>
  )
}

export function RouteUnknown() {
  return (
    <Page title="Not here">
      <EmptyState icon={IconMapOff} title="There is nothing at this address">
        Choose a screen on the left, or search with Ctrl/Cmd+K.
      </EmptyState>
    </Page>
  )
}
