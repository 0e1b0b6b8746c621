// The first start: three ways to begin, and nothing that has to be known before.
import { useQueryClient } from '@tanstack/react-query'
import { IconArrowLeft, IconFlask, IconReceipt, IconServer2 } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ErrorNotice, Note } from '../../components/Note.tsx'
import { isBarred, type Keychain } from '../../lib/keychain.ts'
import { useAct } from '../../lib/queries.ts'

const BillingForm = lazy(async () => ({ default: (await import('../../components/estate/BillingForm.tsx')).BillingForm }))
const NodeForm = lazy(async () => ({ default: (await import('../../components/estate/NodeForm.tsx')).NodeForm }))

interface WelcomeProps {
  readonly status: MethodOutput<'system.status'>
  readonly onSkip: () => void
}

export function Welcome({ status, onSkip }: WelcomeProps) {
  const [step, setStep] = useState<'choose' | 'node' | 'billing'>('choose')
  const back = (): void => {
    setStep('choose')
  }
  if (step === 'choose') return <Choices status={status} onStep={setStep} onSkip={onSkip} />
  return (
    <main className="welcome">
      <div className="welcome-narrow stack">
        <div>
          <Button kind="quiet" icon={<Icon of={IconArrowLeft} />} onClick={back}>
            Back
          </Button>
        </div>
        <h1>{step === 'node' ? 'Connect a node' : 'Connect Paymenter'}</h1>
        <KeychainState keychain={status.keychain} />
        <Suspense>{step === 'node' ? <NodeForm onDone={onSkip} onCancel={back} /> : <BillingForm onDone={onSkip} onCancel={back} />}</Suspense>
      </div>
    </main>
  )
}

interface ChoicesProps extends WelcomeProps {
  readonly onStep: (step: 'node' | 'billing') => void
}

function Choices({ status, onStep, onSkip }: ChoicesProps) {
  const queryClient = useQueryClient()
  const demo = useAct('demo.start')
  const startDemo = (): void => {
    demo.mutate(
      {},
      {
        onSuccess: () => {
          void queryClient.resetQueries()
        },
      },
    )
  }
  return (
    <main className="welcome">
      <div className="welcome-wide stack">
        <div>
          <h1>Flint Console</h1>
          <p className="muted">
            Nodes, VMs and what is paid for them, in one window. Nothing is connected yet; begin with either, or look around first.
          </p>
        </div>
        <KeychainState keychain={status.keychain} />
        <div className="welcome-choices">
          <section className="panel choice">
            <Icon of={IconServer2} sizePx={22} />
            <h2>Connect a node</h2>
            <p>A Flint node’s address, with its API key or its passphrase. It is looked at before anything is saved.</p>
            <Button
              kind="primary"
              size="large"
              onClick={() => {
                onStep('node')
              }}
            >
              Connect a node
            </Button>
          </section>
          <section className="panel choice">
            <Icon of={IconReceipt} sizePx={22} />
            <h2>Connect Paymenter</h2>
            <p>Its address and an admin API key. Each permission is tried, and you see what a missing one costs.</p>
            <Button
              kind="primary"
              size="large"
              onClick={() => {
                onStep('billing')
              }}
            >
              Connect Paymenter
            </Button>
          </section>
          <section className="panel choice">
            <Icon of={IconFlask} sizePx={22} />
            <h2>Explore the demo</h2>
            <p>Three simulated nodes and a simulated Paymenter with 45 customers, on this machine only. Leave it whenever you like.</p>
            <Button size="large" busy={demo.isPending} onClick={startDemo}>
              Explore the demo
            </Button>
          </section>
        </div>
        {demo.error !== null && <ErrorNotice error={demo.error} />}
        <div className="row between muted">
          <span>
            Data: <span className="mono wrap">{status.dataDir}</span> · Keys: this system’s keychain
          </span>
          <Button kind="quiet" onClick={onSkip}>
            Not now
          </Button>
        </div>
      </div>
    </main>
  )
}

/** A locked or missing keychain stands in the way of connecting anything: said here, with the way out. */
function KeychainState({ keychain }: { readonly keychain: Keychain }) {
  const check = useAct('system.checkKeychain')
  const now = check.data ?? keychain
  if (!isBarred(now)) return null
  return (
    <div role="alert">
      <Note
        tone="warn"
        title={now.state === 'locked' ? 'The keychain is locked' : 'There is no keychain'}
        action={
          <Button
            busy={check.isPending}
            onClick={() => {
              check.mutate({})
            }}
          >
            Check again
          </Button>
        }
      >
        <p>{now.problem?.message}</p>
        {now.problem?.hint !== undefined && <p>{now.problem.hint}</p>}
        <p className="muted">Keys are kept there and nowhere else. The demo needs none.</p>
      </Note>
    </div>
  )
}
