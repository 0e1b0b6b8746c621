// The API keys of the simulated Paymenter: whose they are, what they may do, from where.
import { randomBytes } from 'node:crypto'

const ACTIONS = ['view', 'create', 'update', 'delete'] as const
const RESOURCES = [
  'users',
  'invoices',
  'invoice_items',
  'tickets',
  'ticket_messages',
  'orders',
  'services',
  'coupons',
  'credits',
  'products',
  'categories',
  'properties',
  'roles',
] as const

export type TokenName = 'full' | 'readonly' | 'noInvoices' | 'noItems' | 'noServicesUpdate' | 'otherIp' | 'disabled' | 'user'
export const TOKEN_NAMES: readonly TokenName[] = [
  'full',
  'readonly',
  'noInvoices',
  'noItems',
  'noServicesUpdate',
  'otherIp',
  'disabled',
  'user',
]

export interface ApiKey {
  name: TokenName
  type: 'admin' | 'user'
  enabled: boolean
  /** Addresses from which it may be used; null for all. */
  addresses: readonly string[] | null
  permissions: ReadonlySet<string>
}

/** Every permission that a key can have, as `<resource>.<action>`. */
const ALL_PERMISSIONS: readonly string[] = RESOURCES.flatMap((resource) => ACTIONS.map((action) => `${resource}.${action}`))

/** The resources that have permissions of their own; includes of others are free. */
export function isGuarded(resource: string): boolean {
  return RESOURCES.some((name) => name === resource)
}

export function apiKey(name: TokenName): ApiKey {
  return {
    name,
    type: name === 'user' ? 'user' : 'admin',
    enabled: name !== 'disabled',
    addresses: name === 'otherIp' ? ['203.0.113.7'] : null,
    permissions: new Set(ALL_PERMISSIONS.filter((permission) => isGranted(name, permission))),
  }
}

function isGranted(name: TokenName, permission: string): boolean {
  switch (name) {
    case 'readonly':
      return permission.endsWith('.view')
    case 'noInvoices':
      return !permission.startsWith('invoices.')
    case 'noItems':
      return permission === 'invoices.view'
    case 'noServicesUpdate':
      return permission !== 'services.update'
    case 'full':
    case 'otherIp':
    case 'disabled':
    case 'user':
      return true
  }
}

export type Tokens = Readonly<Record<TokenName, string>>

/** One secret for each kind of key. */
export function makeTokens(secret: () => string = () => randomBytes(32).toString('hex')): Tokens {
  return {
    full: secret(),
    readonly: secret(),
    noInvoices: secret(),
    noItems: secret(),
    noServicesUpdate: secret(),
    otherIp: secret(),
    disabled: secret(),
    user: secret(),
  }
}
