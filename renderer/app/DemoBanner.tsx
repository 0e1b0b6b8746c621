// Says that everything here is simulated, and leads out.
import { useQueryClient } from '@tanstack/react-query'
import { IconFlask } from '@tabler/icons-react'
import { Button } from '../components/Button.tsx'
import { Icon } from '../components/Icon.tsx'
import { useAct } from '../lib/queries.ts'
import { tellFailure } from '../lib/tell.tsx'

export function DemoBanner() {
  const queryClient = useQueryClient()
  const leave = useAct('demo.leave')
  return (
    <section className="banner" aria-label="Demo">
      <Icon of={IconFlask} />
      <span>
        <span className="strong">Demo estate.</span> Simulated nodes and a simulated Paymenter on this machine; nothing here is real,
        nothing is kept.
      </span>
      <div className="push">
        <Button
          busy={leave.isPending}
          onClick={() => {
            leave.mutate(
              {},
              {
                onSuccess: () => {
                  void queryClient.resetQueries()
                },
                onError: (error) => {
                  tellFailure('The demo could not be left', error)
                },
              },
            )
          }}
        >
          Leave the demo
        </Button>
      </div>
    </section>
  )
}
