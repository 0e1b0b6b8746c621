// Words for findings: a heading for each kind, a button for each way out that the console can take itself.
import { findingKinds } from '../../../shared/domain/findings.ts'
import type { MethodOutput } from '../../../shared/contract/index.ts'

export type FindingRow = MethodOutput<'automation.findings'>[number]
export type FindingKind = FindingRow['kind']
export type FindingAction = FindingRow['resolve'][number]['action']

export const findingTitles: { readonly [Kind in FindingKind]: string } = {
  'suspended-but-running': 'Suspended, but running',
  'ended-but-running': 'Ended, but running',
  'active-but-off': 'Active and paid, but off',
  'vm-gone': 'The VM is gone',
  'suspended-before-console': 'Suspended before this console came',
  'status-left-suspended': 'Running, but left suspended in Paymenter',
  'status-left-active': 'Suspended, but left active in Paymenter',
  'never-invoiced-again': 'Never invoiced again',
  contradiction: 'Facts that contradict each other',
  'nightly-job-silent': 'Paymenter’s nightly job is silent',
  'long-grace': 'Grace longer than Paymenter’s own',
}

/** The colour of a finding’s sentence. */
export const findingTones: { readonly [Severity in FindingRow['severity']]: string } = { danger: 'bad', warning: '', info: 'muted' }

/** What one click does. The others are words, or lead to a screen or a form. */
const clickable = ['start', 'cover', 'answer', 'remove-link'] as const satisfies readonly FindingAction[]
export type ClickableAction = (typeof clickable)[number]

export const actionVerbs: { readonly [Action in ClickableAction]: string } = {
  start: 'Start',
  cover: 'Confirm',
  answer: 'Leave alone',
  'remove-link': 'Remove the link',
}

export function isClickable(action: FindingAction): action is ClickableAction {
  return (clickable as readonly string[]).includes(action)
}

export interface FindingGroup {
  readonly kind: FindingKind
  readonly findings: readonly FindingRow[]
  /** What all of them can be answered with at once. */
  readonly together: readonly ClickableAction[]
}

const severities: readonly FindingRow['severity'][] = ['danger', 'warning', 'info']

/** By kind: the gravest first, then in the order in which the kinds are known. */
export function groupFindings(findings: readonly FindingRow[]): FindingGroup[] {
  const groups = findingKinds.flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind)
    if (own.length === 0) return []
    const together = clickable.filter((action) => own.every((finding) => finding.resolve.some((way) => way.action === action)))
    return [{ kind, findings: own, together }]
  })
  const gravity = (group: FindingGroup): number => Math.min(...group.findings.map((finding) => severities.indexOf(finding.severity)))
  return groups.sort((a, b) => gravity(a) - gravity(b))
}
