// What the worker's stable words mean in the operator's: audit actions, intent kinds and steps, guards, decisions, states.

const actions: Record<string, string> = {
  'node.added': 'Node added',
  'node.removed': 'Node removed',
  'node.maintenance': 'Maintenance begun or ended',
  'node.change-accepted': 'Change of a node accepted',
  'node.key-changed': 'Key of a node changed',
  'node.address-changed': 'Address of a node changed',
  'node.marked': 'Name, note, tags or location changed',
  'intent.planned': 'Planned',
  'intent.approved': 'Approved',
  'intent.cancel-asked': 'Asked to cancel',
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
  'vm.terminated': 'Terminated',
  'vm.restored': 'Termination taken back',
  'vm.snapshots-delete-sent': 'Deletion of snapshots sent',
  'vm.snapshots-gone': 'Snapshots seen gone',
  'vm.delete-sent': 'Deletion sent',
  'vm.seen-gone': 'Seen gone',
  'vm.leftovers': 'Looked for what was left behind',
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
  'spec.set': 'Machine of a product set',
  'spec.removed': 'Machine of a product taken away',
  'finding.answered': 'Finding answered',
  'notice.sent': 'Notice sent',
  'notice.failed': 'Notice failed',
  'notice.uncertain': 'Notice perhaps sent',
  'notice.withdrawn': 'Notice withdrawn',
  'notice.retried': 'Notice sent again by hand',
  'notices.configured': 'Notices set up',
  'notices.template-set': 'Template changed',
  'vm.created': 'Made',
  'vm.marked': 'Note, tags or protection changed',
  'vm.deletion-begun': 'Deletion begun by hand',
  'vm.deleted': 'Deleted, proved gone',
  'vm.reinstall-begun': 'Reinstall begun',
  'vm.disk-attached': 'Disk attached',
  'vm.interface-attached': 'Interface attached',
  'snapshot.created': 'Snapshot made',
  'snapshot.deleted': 'Snapshot deleted',
  'snapshot.reverting': 'Revert to a snapshot sent',
  'snapshot.reverted': 'Reverted to a snapshot',
  'storage.pool-created': 'Storage pool made',
  'storage.volume-created': 'Volume made',
  'storage.volume-resized': 'Volume resized',
  'storage.volume-deleted': 'Volume deleted',
  'image.added': 'Image added',
  'image.deleted': 'Image deleted',
  'network.created': 'Network made',
  'network.started': 'Network started',
  'network.stopped': 'Network stopped',
  'network.restarted': 'Network restarted',
  'network.deleted': 'Network deleted',
  'filter.created': 'Filter made',
  'filter.changed': 'Filter changed',
  'filter.deleted': 'Filter deleted',
  'vm.reinstalled': 'Reinstalled',
  'vm.reinstall-given-up': 'Reinstall given up',
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
  resolved: 'dealt with by hand',
}

export function stepWords(step: string): string {
  return stepWordsByStep[step] ?? step
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
