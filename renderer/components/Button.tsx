// The app's button: default, primary, danger, or quiet; says when it is busy and then takes no second click.
import { IconLoader2 } from '@tabler/icons-react'
import type { ComponentProps, ReactNode } from 'react'
import { Icon } from './Icon.tsx'

type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  readonly kind?: 'default' | 'primary' | 'danger' | 'danger primary' | 'quiet'
  readonly size?: 'normal' | 'large'
  readonly busy?: boolean
  readonly icon?: ReactNode
}

export function Button({
  kind = 'default',
  size = 'normal',
  busy = false,
  icon,
  children,
  type = 'button',
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button {...rest} type={type} disabled={disabled === true || busy} aria-busy={busy} className={`button ${kind} ${size}`}>
      {busy ? <Icon of={IconLoader2} className="spin" /> : icon}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ButtonProps, 'children' | 'icon'> & { readonly label: string; readonly icon: ReactNode }

/** A button of one icon; its name is in the tooltip and for the screen reader. */
export function IconButton({
  label,
  icon,
  kind = 'quiet',
  busy = false,
  type = 'button',
  disabled,
  size: _size,
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      className={`button icon-only ${kind}`}
      aria-label={label}
      title={label}
    >
      {busy ? <Icon of={IconLoader2} className="spin" /> : icon}
    </button>
  )
}
