// A locked or missing keychain: what it means, the way out, and "Check again".
import { IconKeyOff } from '@tabler/icons-react'
import { Button } from '../components/Button.tsx'
import { Icon } from '../components/Icon.tsx'
import { isBarred, type Keychain } from '../lib/keychain.ts'
import { useAct } from '../lib/queries.ts'
import { tellDone, tellFailure } from '../lib/tell.tsx'

export function KeychainNotice({ keychain }: { readonly keychain: Keychain }) {
  const check = useAct('system.checkKeychain')
  if (!isBarred(keychain)) return null
  const title = keychain.state === 'locked' ? 'The keychain is locked.' : 'There is no keychain.'
  const again = (): void => {
    check.mutate(
      {},
      {
        onSuccess: (now) => {
          if (now.state === 'ok') tellDone('The keychain is open')
          else tellFailure(now.state === 'locked' ? 'Still locked' : 'Still missing', now.problem)
        },
        onError: (error) => {
          tellFailure('The keychain could not be asked', error)
        },
      },
    )
  }
  return (
    <section className="banner keychain" aria-label="Keychain">
      <Icon of={IconKeyOff} />
      <span role="alert">
        <span className="strong">{title}</span> {keychain.problem?.message} {keychain.problem?.hint} Without its keys the console can reach
        neither nodes nor billing; keys are kept nowhere else.
      </span>
      <div className="push">
        <Button busy={check.isPending} onClick={again}>
          Check again
        </Button>
      </div>
    </section>
  )
}
