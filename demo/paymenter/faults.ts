// The faults that can be switched on in the simulated Paymenter, all off at first.

export interface PaymenterFaults {
  /** `php artisan down`: 503. */
  maintenance: boolean
  /** Every route that reads the database is a 500. */
  databaseDown: boolean
  /** PHP is down behind nginx: 502. */
  badGateway: boolean
  /** Connections are dropped without an answer. */
  unreachable: boolean
  /** Lists are `[]` with 200. */
  emptyLists: boolean
  /** One list only (by its name in the path) is `[]` with 200. */
  emptyList?: string | undefined
  /** One page of one list (by its name in the path) is a 500. */
  failPage?: { resource: string; page: number } | undefined
  /** Every list shows its first page, whatever was asked. */
  repeatFirstPage: boolean
  /** Everything is answered with this status. */
  status?: number | undefined
  /** Sent as `Retry-After` with `status`. */
  retryAfterSeconds?: number | undefined
  /** Everything is a page with 200, as from a captive portal. */
  html: boolean
  /** Bodies end in the middle, within a whole HTTP answer. */
  truncateBody: boolean
  /** Everything is a 302 to this address; empty for off. */
  redirectTo: string
  /** Answers wait this long. */
  hangMs: number
  /** Bodies trickle; 0 for off. */
  dripBytesPerSecond: number
  /** Bodies are this long, of blanks; 0 for off. */
  hugeBodyBytes: number
  /** Paymenter's clock is off by this much: its `Date` and what it writes. */
  clockOffsetMs: number
  /** Lists have 15 rows, whatever `per_page` says. */
  ignorePerPage: boolean
  /** The pace of lists (a real one: 500 rows in 0.3 s); undefined for as fast as it goes. */
  rowsPerSecond?: number | undefined
  /** A change is made, then the connection drops without an answer. */
  actThenDrop: boolean
  /** No key is known any more. */
  revokeToken: boolean
  /** Permissions that no key has any more, as `invoices.view`. */
  revokedPermissions: string[]
}

export function noFaults(): PaymenterFaults {
  return {
    maintenance: false,
    databaseDown: false,
    badGateway: false,
    unreachable: false,
    emptyLists: false,
    emptyList: undefined,
    failPage: undefined,
    repeatFirstPage: false,
    status: undefined,
    retryAfterSeconds: undefined,
    html: false,
    truncateBody: false,
    redirectTo: '',
    hangMs: 0,
    dripBytesPerSecond: 0,
    hugeBodyBytes: 0,
    clockOffsetMs: 0,
    ignorePerPage: false,
    rowsPerSecond: undefined,
    actThenDrop: false,
    revokeToken: false,
    revokedPermissions: [],
  }
}
