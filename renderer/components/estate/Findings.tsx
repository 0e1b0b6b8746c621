// Findings about a node: what it is, and the cure.
import type { MethodOutput } from '../../../shared/contract/index.ts'
import { Note } from '../Note.tsx'
import type { Tone } from '../Tag.tsx'

type Finding = MethodOutput<'nodes.probe'>['findings'][number]

const tones: Record<Finding['severity'], Tone> = { info: 'off', warning: 'warn', danger: 'bad' }

export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return findings.map((finding) => (
    <Note key={finding.code} tone={tones[finding.severity]} title={finding.message}>
      {finding.hint !== undefined && <p>{finding.hint}</p>}
      <p className="muted mono">{finding.code}</p>
    </Note>
  ))
}
