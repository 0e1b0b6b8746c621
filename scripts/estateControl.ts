// The hand of the demo's operator: looks at the simulated estate and steers it over its control line, past the app.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const summary = z.object({
  nodes: z.array(z.object({ name: z.string(), url: z.string(), vms: z.number() })),
  billing: z.object({ url: z.string(), customers: z.number(), services: z.number(), invoices: z.number() }),
  story: z.array(
    z.object({ role: z.string(), serviceId: z.number(), expiredDays: z.number().nullable(), vm: z.object({ node: z.string(), name: z.string() }).nullable() }),
  ),
})
const vms = z.array(z.object({ name: z.string(), uuid: z.string(), state: z.string() }))
const request = z.object({ method: z.string(), path: z.string(), status: z.number(), at: z.number(), action: z.string().optional() })
const requests = z.object({ billing: z.array(request), nodes: z.record(z.string(), z.array(request)) })

export type EstateSummary = z.output<typeof summary>

export class EstateControl {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** The control line of the demo that runs on a data folder: the worker's log names it. Throws when there is none. */
  static ofDemo(dataDir: string): EstateControl {
    const log = readFileSync(join(dataDir, 'logs', 'worker.log'), 'utf8')
    const address = [...log.matchAll(/"control":"(http:\/\/127\.0\.0\.1:\d+)"/g)].at(-1)?.[1]
    if (address === undefined) throw new Error('The demo’s estate has not been started.')
    return new EstateControl(address)
  }

  async summary(): Promise<EstateSummary> {
    return summary.parse(await this.#ask('GET', '/estate'))
  }

  /** The true state of a VM, as its own node has it. */
  async vmState(node: string, name: string): Promise<string> {
    const listed = vms.parse(await this.#ask('GET', `/nodes/${encodeURIComponent(node)}/vms`))
    return listed.find((vm) => vm.name === name)?.state ?? 'absent'
  }

  /** What nodes and billing were asked, oldest first. */
  async requests(): Promise<z.output<typeof requests>> {
    return requests.parse(await this.#ask('GET', '/requests'))
  }

  /** A customer pays an invoice, as in Paymenter's own shop. */
  async pay(invoiceId: number): Promise<void> {
    await this.#ask('POST', `/billing/invoices/${invoiceId}/pay`)
  }

  async nodeFaults(node: string, faults: Record<string, unknown>): Promise<void> {
    await this.#ask('POST', `/nodes/${encodeURIComponent(node)}/faults`, faults)
  }

  async billingFaults(faults: Record<string, unknown>): Promise<void> {
    await this.#ask('POST', '/billing/faults', faults)
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: Record<string, unknown>): Promise<unknown> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!answer.ok) throw new Error(`The estate refused ${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}
