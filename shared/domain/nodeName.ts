// The name that the operator gives to a node: it stands in `NODE/VM` on the command line, so it has no slash.
import { Failure } from './failure.ts'

const longestNodeName = 40

/** What is wrong with a name, in words; null when it is fine. Characters are counted as code points. */
export function nodeNameProblem(name: string): string | null {
  const length = Array.from(name).length
  if (length === 0) return 'A node needs a name.'
  if (length > longestNodeName) return `The name has ${length.toLocaleString('en-US')} characters; ${longestNodeName} is the most.`
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)) return 'The name holds a control character or a line break.'
  if (name.includes('/')) return 'The name holds a “/”, which separates a node from its VM.'
  if (name !== name.trim()) return 'The name begins or ends with a blank.'
  return null
}

/** The name as it is, or a `node.invalid-name` Failure. */
export function requireNodeName(name: string): string {
  const problem = nodeNameProblem(name)
  if (problem !== null)
    throw new Failure('node.invalid-name', problem, 'Choose 1 to 40 characters without “/”, control characters or blanks at the edges.')
  return name
}
