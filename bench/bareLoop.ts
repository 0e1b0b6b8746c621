// The baseline of the syncs: a loop that fetches and parses the same pages one after the other, and keeps nothing.
import { Agent, get } from 'node:http'

function textOf(address: string, token: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: `Bearer ${token}`, accept: 'application/json' } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve(Buffer.concat(chunks).toString('utf8'))
      })
    }).on('error', reject)
  })
}

/** @param paths with their queries */
export async function fetchAndParse(billing: { readonly url: string; readonly token: string }, paths: readonly string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    for (const path of paths) JSON.parse(await textOf(`${billing.url}${path}`, billing.token, agent))
  } finally {
    agent.destroy()
  }
}
