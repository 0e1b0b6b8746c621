// In browser mode: whether this browser tells what needs the operator's eye while the page is open.
import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { Facts, Panel } from '../../components/Panel.tsx'
import { canTell } from '../../lib/browserNotices.ts'

const words: Record<NotificationPermission, string> = {
  granted: 'told by this browser, while this page is open',
  denied: 'refused by this browser; its settings for this address can allow them',
  default: 'not told by this browser yet',
}

export function BrowserNotices() {
  const [permission, setPermission] = useState(() => (canTell() ? Notification.permission : null))
  if (permission === null) return null
  const ask = async (): Promise<void> => {
    setPermission(await Notification.requestPermission())
  }
  return (
    <Panel title="This browser" note="failed actions, guards that hold, nodes that run short">
      <Facts
        rows={[
          [
            'Notifications',
            <span key="permission" className="row wrapping">
              {words[permission]}
              {permission === 'default' && (
                <Button
                  onClick={() => {
                    void ask()
                  }}
                >
                  Allow notifications
                </Button>
              )}
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}
