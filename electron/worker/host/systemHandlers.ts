// The contract's methods about the worker itself and its jobs.
import type { FailureBody } from '../../../shared/domain/failure.ts'
import type { KeychainState } from '../secrets/store.ts'
import type { Context } from '../context.ts'
import type { Handlers } from '../rpc/handlers.ts'
import { version } from './version.ts'

export interface SystemFacts {
  readonly installationId: string
  readonly demo: boolean
  readonly startedAt: number
  nodes(): number
  billingConnected(): boolean
  readonly damage: FailureBody | null
}

export type SystemHandlers = Pick<Handlers, 'system.status' | 'system.checkKeychain' | 'jobs.list' | 'jobs.wait' | 'jobs.cancel'>

const plain = ({ state, problem }: KeychainState) => ({ state, problem: problem === null ? null : { ...problem } })

export function systemHandlers(context: Context, facts: SystemFacts): SystemHandlers {
  return {
    'system.status': () => ({
      version,
      dataDir: context.dataDir,
      installationId: facts.installationId,
      demo: facts.demo,
      startedAt: facts.startedAt,
      pid: process.pid,
      keychain: plain(context.secrets.state()),
      nodes: facts.nodes(),
      billingConnected: facts.billingConnected(),
      damage: facts.damage === null ? null : { ...facts.damage },
      relayed: false,
    }),
    'system.checkKeychain': async () => {
      const state = plain(await context.secrets.check())
      context.changed('system')
      return state
    },
    'jobs.list': () => context.jobs.list(),
    'jobs.wait': ({ id }) => context.jobs.wait(id),
    'jobs.cancel': ({ id }) => {
      context.jobs.cancel(id)
      return { ok: true }
    },
  }
}
