// Short messages in the corner: what was done and proved, or what went wrong and what to do.
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { failureOf } from './failure.ts'

const shownMs = 6_000
const longestTitle = 120
const longestMessage = 600

export function tellDone(title: string, message = ''): void {
  notifications.show({
    title: title.slice(0, longestTitle),
    message: message.slice(0, longestMessage),
    icon: <IconCheck size={14} stroke={2} aria-hidden="true" />,
    color: 'teal',
    autoClose: shownMs,
  })
}

/** A failure stays until it is dismissed. */
export function tellFailure(title: string, error: unknown): void {
  const { message, hint } = failureOf(error)
  notifications.show({
    title: title.slice(0, longestTitle),
    message: (hint === undefined ? message : `${message} ${hint}`).slice(0, longestMessage),
    icon: <IconAlertTriangle size={14} stroke={2} aria-hidden="true" />,
    color: 'red',
    autoClose: false,
    role: 'alert',
  })
}
