// libvirt's filter XML as the rules that Flint's form knows; what it cannot express is not dropped silently.
import type { z } from 'zod'
import type { filterRule } from '../../../shared/contract/storage.ts'
import { parseXml, type XmlElement } from '../flint/xml.ts'

type FilterRule = z.output<typeof filterRule>

export interface FilterReading {
  readonly rules: FilterRule[]
  readonly isEditable: boolean
  readonly includes: string[]
}

const knownAttributes = new Set(['srcipaddr', 'dstipaddr', 'srcportstart', 'dstportstart'])
const protocols = new Set(['tcp', 'udp', 'icmp', 'all'])
const actions = new Set(['accept', 'drop', 'reject'])
const directions = new Set(['in', 'out', 'inout'])

export function readFilterXml(xml: string): FilterReading {
  const filter = parseXml(xml)
  if (filter?.name !== 'filter') return { rules: [], isEditable: false, includes: [] }
  const rules = filter.children.filter((child) => child.name === 'rule').map(readRule)
  const includes = filter.children.filter((child) => child.name === 'filterref').flatMap((child) => child.attributes['filter'] ?? [])
  const isKnown = filter.children.every((child) => child.name === 'rule' || child.name === 'uuid')
  return { rules: rules.filter((rule) => rule !== null), isEditable: isKnown && rules.every((rule) => rule !== null), includes }
}

/** Null when it says more than Flint's form can. */
function readRule(rule: XmlElement): FilterRule | null {
  const [match, ...more] = rule.children
  const { action = '', direction = '', priority = '500', ...other } = rule.attributes
  if (!match || more.length > 0 || !protocols.has(match.name) || Object.keys(other).length > 0) return null
  if (!actions.has(action) || !directions.has(direction) || Object.keys(match.attributes).some((name) => !knownAttributes.has(name)))
    return null
  return {
    action: action as FilterRule['action'],
    direction: direction as FilterRule['direction'],
    priority: Number(priority),
    protocol: match.name as FilterRule['protocol'],
    sourceAddress: match.attributes['srcipaddr'] ?? '',
    destinationAddress: match.attributes['dstipaddr'] ?? '',
    sourcePort: match.attributes['srcportstart'] ?? '',
    destinationPort: match.attributes['dstportstart'] ?? '',
  }
}
