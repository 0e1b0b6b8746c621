// The parts that each kind of intent goes through, and how far a step is among them.
import type { IntentKind } from './words.ts'

interface Part {
  readonly word: string
  /** The worker's steps that belong to it. */
  readonly steps: readonly string[]
}

const facts: Part = { word: 'facts', steps: ['recheck'] }
const billing: Part = { word: 'Paymenter', steps: ['status'] }

const partsOfKind: { readonly [Kind in IntentKind]: readonly Part[] } = {
  suspend: [
    facts,
    { word: 'stop', steps: ['stop'] },
    { word: 'proof that it is off', steps: ['wait-off', 'force-stop', 'wait-forced'] },
    billing,
  ],
  unsuspend: [facts, { word: 'start', steps: ['start'] }, { word: 'proof that it runs', steps: ['wait-running'] }, billing],
  terminate: [
    { word: 'facts and the vault’s record', steps: ['recheck'] },
    { word: 'final snapshot', steps: ['snapshot'] },
  ],
  purge: [
    facts,
    { word: 'snapshots', steps: ['snapshots'] },
    { word: 'the VM, and proof that it is gone', steps: ['delete'] },
    { word: 'what was left behind', steps: ['leftovers'] },
    billing,
  ],
}

const endSteps: readonly string[] = ['finished', 'watch', 'resolved']

/** The parts of a kind in their order, as words. */
export function partsOf(kind: IntentKind): readonly string[] {
  return partsOfKind[kind].map((part) => part.word)
}

/** How many of the kind's parts are behind; all of them once it has ended or is only watched, none for a step that is not known. */
export function partsBehind(kind: IntentKind, step: string): number {
  const parts = partsOfKind[kind]
  if (endSteps.includes(step)) return parts.length
  return Math.max(0, parts.findIndex((part) => part.steps.includes(step)))
}
