// Finds the handler of a request, like the router in Flint: by exact segments and named ones.
import type { Answer, Reply } from './answers.ts'
import type { SimulatedHost } from './host.ts'

export interface RouteContext {
  host: SimulatedHost
  params: Record<string, string>
  query: URLSearchParams
  body: string
  /** Waits in real time. */
  wait: (delayMs: number) => Promise<void>
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Like `/api/vms/{uuid}`. */
  pattern: string
  /** Answered without a key. */
  open?: true
  /** What Flint answers when it was started without libvirt; absent: the same as ever. */
  limited?: (context: RouteContext) => Answer
  answer: (context: RouteContext) => Reply | Promise<Reply>
}

export type Match =
  | { kind: 'found'; route: Route; params: Record<string, string> }
  | { kind: 'wrong-method'; allowed: string[] }
  | { kind: 'none' }

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function matchPattern(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? ''
    if (part.startsWith('{')) {
      if (segment === '') return null
      params[part.slice(1, -1)] = decodeSegment(segment)
    } else if (part !== segment) return null
  }
  return params
}

/** The path is without its query. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match {
  const allowed: string[] = []
  for (const route of routes) {
    const params = matchPattern(route.pattern, path)
    if (params === null) continue
    if (route.method === method) return { kind: 'found', route, params }
    allowed.push(route.method)
  }
  return allowed.length > 0 ? { kind: 'wrong-method', allowed } : { kind: 'none' }
}
