// Compares what a simulator answers with what was recorded: equal, except where a value is known to vary.

/** Values under these keys differ from run to run; only their type is compared. */
const varying = new Set([
  'cpu_percent', 'uptime_sec', 'creation_ts', 'timestamp', 'uptime_seconds', 'free_memory_kb', 'total_memory_kb', 'storage_used_b',
  'storage_total_b', 'allocation_b', 'source_path', 'mac', 'id',
])

function tagForms(xml: string): string[] {
  const forms = [...xml.matchAll(/<([a-z_]+)((?:\s+[a-z]+='[^']*')*)\s*\/?>/gi)].map(([, name = '', attributes = '']) => {
    const names = [...attributes.matchAll(/([a-z]+)=/gi)].map((match) => match[1] ?? '')
    return `${name}(${names.join(' ')})`
  })
  return [...new Set(forms)].sort()
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}

function compareLists(captured: unknown[], actual: unknown[], where: string, loose: ReadonlySet<string>): string[] {
  if (captured.length === 0 || actual.length === 0) return captured.length === actual.length ? [] : [`${where}: ${actual.length} entries`]
  const counts = loose.has('*') || captured.length === actual.length ? [] : [`${where}: ${actual.length} entries`]
  const missing = captured.filter((wanted) => actual.every((given) => differences(wanted, given, where, loose).length > 0))
  const extra = actual.filter((given) => captured.every((wanted) => differences(wanted, given, where, loose).length > 0))
  return [
    ...counts,
    ...missing.map((wanted) => `${where}: nothing like ${JSON.stringify(wanted)}`),
    ...extra.map((given) => `${where}: never captured ${JSON.stringify(given)}`),
  ]
}

/** What differs, in words; empty when the actual value is like the captured one. `loose` names keys that vary in this capture besides. */
export function differences(captured: unknown, actual: unknown, where: string, loose: ReadonlySet<string>): string[] {
  if (kindOf(captured) !== kindOf(actual)) return [`${where}: ${kindOf(actual)} in place of ${kindOf(captured)}`]
  if (Array.isArray(captured) && Array.isArray(actual)) return compareLists(captured, actual, where, loose)
  if (typeof captured === 'object' && captured !== null && typeof actual === 'object' && actual !== null) {
    const keys = Object.keys(captured)
    if (keys.join() !== Object.keys(actual).join()) return [`${where}: keys ${Object.keys(actual).join()}`]
    const given = new Map<string, unknown>(Object.entries(actual))
    return Object.entries(captured).flatMap(([key, wanted]) => differences(wanted, given.get(key), `${where}.${key}`, loose))
  }
  const key = where.replace(/^.*\./, '')
  if (key === 'xml') {
    const wanted = tagForms(String(captured))
    const given = tagForms(String(actual))
    return wanted.join() === given.join() ? [] : [`${where}: elements ${given.join()} in place of ${wanted.join()}`]
  }
  if (captured === actual || varying.has(key) || loose.has(key) || loose.has('*')) return []
  return [`${where}: ${JSON.stringify(actual)} in place of ${JSON.stringify(captured)}`]
}

function parsed(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

/** Compares bodies: JSON by shape and value, everything else byte for byte. */
export function bodyDifferences(captured: string, actual: string, loose: ReadonlySet<string>): string[] {
  if (captured.endsWith('\n') !== actual.endsWith('\n')) return ['the newline at the end']
  const wanted = parsed(captured)
  const given = parsed(actual)
  if (wanted === null || given === null) {
    return captured === actual ? [] : [`${JSON.stringify(actual)} in place of ${JSON.stringify(captured)}`]
  }
  return differences(wanted.value, given.value, 'body', loose)
}
