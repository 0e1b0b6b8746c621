// The bench's own estate: started in another process, asked by messages.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import type { Estate, EstateOptions } from '../demo/estate.ts'
import type { EstateQuestion } from './programs/estate.ts'

const program = join(resolve('.'), 'bench', 'programs', 'estate.ts')

export class EstateProcess implements AsyncDisposable {
  readonly connect: Estate['connect']
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, connect: Estate['connect']) {
    this.#child = child
    this.connect = connect
  }

  static async start(options: EstateOptions): Promise<EstateProcess> {
    const child = fork(program, [], { execArgv: [] })
    return new EstateProcess(child, (await ask(child, { kind: 'start', options })) as Estate['connect'])
  }

  /** What was asked of billing since the start, or since it was forgotten. */
  async requests(): Promise<{ method: string; path: string }[]> {
    return (await ask(this.#child, { kind: 'requests' })) as { method: string; path: string }[]
  }

  async forgetRequests(): Promise<void> {
    await ask(this.#child, { kind: 'forget-requests' })
  }

  /** Everybody whose VM runs and obeys owes their last invoice since five days; answers their services. */
  async makeOverdue(): Promise<number[]> {
    return (await ask(this.#child, { kind: 'make-overdue' })) as number[]
  }

  /** From now on every node takes so long for each answer. */
  async delayNodes(answerMs: number): Promise<void> {
    await ask(this.#child, { kind: 'delay-nodes', answerMs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.disconnect()
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }
}

async function ask(child: ChildProcess, question: EstateQuestion): Promise<unknown> {
  child.send(question)
  const [answer] = (await once(child, 'message')) as [{ value?: unknown; error?: string }]
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer.value
}
