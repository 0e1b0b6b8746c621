// What the worker's stable words mean in the operator's: audit actions, intent kinds and steps, guards, decisions, states.

const actions: Record<string, string> = {
  'intent.planned': 'Planned',
  'intent.approved': 'Approved',
  'intent.cancelled': 'Cancelled',
  'intent.failed': 'Failed',
  'intent.retried': 'Tried again by hand',
  'intent.retry-later': 'Did not work, tried again later',
  'intent.resolved': 'Marked as resolved',
  'intent.done': 'Done',
  'vm.stop-sent': 'Stop sent',
  'vm.force-stop-sent': 'Forced off',
  'vm.start-sent': 'Start sent',
  'vm.resume-sent': 'Resume sent',
  'vm.seen-off': 'Seen off',
  'vm.seen-running': 'Seen running',
  'vm.already-off': 'Was off already',
  'vm.already-running': 'Ran already',
  'vm.watched': 'Watched',
  'vm.operator-stop': 'Stopped by hand',
  'vm.operator-start': 'Started by hand',
  'billing.status-sent': 'Paymenter’s status set',
  'guard.holds': 'Guard holds',
  'guard.released': 'Guard released',
  'hold.added': 'Hold added',
  'hold.removed': 'Hold removed',
  'link.confirmed': 'Linked',
  'link.covered': 'Suspension taken over',
  'link.removed': 'Link removed',
  'policy.set': 'Policy changed',
}

/** `vm.stop-sent` → `Stop sent`; a word that is not known yet is shown as it is. */
export function actionWords(action: string): string {
  return actions[action] ?? action
}

export type IntentKind = 'suspend' | 'unsuspend' | 'terminate' | 'purge'

const intentVerbs: Record<IntentKind, readonly [todo: string, done: string]> = {
  suspend: ['Suspend', 'Suspended'],
  unsuspend: ['Give back', 'Given back'],
  terminate: ['Terminate', 'Terminated'],
  purge: ['Purge', 'Purged'],
}

export function intentVerb(kind: IntentKind, state: string): string {
  const [todo, done] = intentVerbs[kind]
  return state === 'done' ? done : todo
}

const stepWordsByStep: Record<string, string> = {
  recheck: 'facts read again',
  stop: 'stop being sent',
  'wait-off': 'waiting to see it off',
  'force-stop': 'forcing it off',
  'wait-forced': 'waiting to see it off',
  start: 'start being sent',
  'wait-running': 'waiting to see it run',
  status: 'telling Paymenter',
  watch: 'watched: the guest may obey the old stop late',
  snapshot: 'final snapshot',
  snapshots: 'deleting its snapshots',
  delete: 'deleting it',
  leftovers: 'looking for what was left behind',
  finished: 'finished',
}

export function stepWords(step: string): string {
  return stepWordsByStep[step] ?? step
}

/** How far an action is: of four parts (facts, VM, proof, billing), how many are behind. */
export function stepsBehind(step: string): number {
  switch (step) {
    case 'recheck':
      return 0
    case 'stop':
    case 'start':
      return 1
    case 'wait-off':
    case 'force-stop':
    case 'wait-forced':
    case 'wait-running':
      return 2
    case 'status':
      return 3
    default:
      return step === 'finished' || step === 'watch' ? 4 : 0
  }
}

const guardNames: Record<string, string> = {
  stale: 'Billing data are stale',
  empty: 'Billing lists came back short',
  'too-many': 'Too many at once',
  clock: 'Clocks disagree',
  'payment-silence': 'No payments are seen',
  node: 'A node cannot be trusted',
  'second-hand': 'Another worker holds this data folder',
  restored: 'The database is older than the last run',
  'billing-changed': 'This is not the Paymenter that was linked',
}

export function guardName(code: string): string {
  return guardNames[code] ?? code
}

const decisionNames: Record<string, string> = {
  none: 'nothing',
  suspend: 'suspend',
  unsuspend: 'give back',
  'propose-termination': 'propose termination',
  hold: 'held',
}

export function decisionName(decision: string): string {
  return decisionNames[decision] ?? decision
}

const serviceStates: Record<string, string> = {
  ended: 'ended',
  'unpaid-order': 'unpaid order',
  'suspended-by-hand': 'suspended by hand',
  contradiction: 'contradiction',
  'trial-ended': 'trial ended',
  overdue: 'overdue',
  'paid-up': 'paid up',
  'in-grace': 'in grace',
}

export function serviceStateName(state: string): string {
  return serviceStates[state] ?? state.replaceAll('-', ' ')
}

/** `graceDays` → `Grace days`. */
export function spelledOut(key: string): string {
  const words = key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]/g, ' ')
    .toLowerCase()
  return (words.charAt(0).toUpperCase() + words.slice(1)).replaceAll(
    /\b(vm|cpu|id|uuid|url)(s?)\b/gi,
    (_whole, short: string, plural: string) => short.toUpperCase() + plural,
  )
}
