// The whole app: theme, line, cache, router, dialogs, messages.
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import type { QueryClient } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import type { Connection } from '../lib/connection.ts'
import type { JobBoard } from '../lib/jobs.ts'
import { JobBoardContext } from '../lib/jobs.ts'
import { styleNonce } from '../lib/nonce.ts'
import { ConnectionContext } from '../lib/queries.ts'
import { router } from './routes.tsx'
import { cssVariablesResolver, theme } from './theme.ts'

interface AppProps {
  readonly connection: Connection
  readonly queryClient: QueryClient
  readonly jobBoard: JobBoard
}

export function App({ connection, queryClient, jobBoard }: AppProps) {
  return (
    <StrictMode>
      <ConnectionContext value={connection}>
        <JobBoardContext value={jobBoard}>
          <QueryClientProvider client={queryClient}>
            <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} getStyleNonce={styleNonce} defaultColorScheme="auto">
              <Notifications position="bottom-right" limit={4} transitionDuration={100} />
              <RouterProvider router={router} />
            </MantineProvider>
          </QueryClientProvider>
        </JobBoardContext>
      </ConnectionContext>
    </StrictMode>
  )
}
