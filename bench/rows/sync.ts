// `sync-full`: a full billing sync against a bare loop that fetches and parses the same pages one after the other, at the real server's pace.
import { Agent, get } from 'node:http'
import { Billing } from '../../electron/worker/billing/billing.ts'
import { EstateProcess } from '../estateProcess.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

/** 500 rows take a real Paymenter 0.3 s. */
const realPace = 500 / 0.3
const rounds = 3

async function syncOnce(connect: EstateProcess['connect']): Promise<number> {
  using workshop = openWorkshop()
  const billing = new Billing(workshop.context)
  try {
    await billing.connect({ url: connect.billing.url, token: connect.billing.token })
    return await elapsedMs(() => billing.sync({ full: true }))
  } finally {
    await billing.stop()
  }
}

function textOf(address: string, token: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: `Bearer ${token}`, accept: 'application/json' } }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        resolve(Buffer.concat(chunks).toString('utf8'))
      })
    }).on('error', reject)
  })
}

export const rows: readonly Row[] = [
  {
    name: 'sync-full',
    unit: 'ms',
    goal: 1.1,
    better: 'lower',
    async measure(tell) {
      await using estate = await EstateProcess.start({ customers: 400, vms: 300, invoices: 6_000, rowsPerSecond: realPace, listDelayMs: 0 })
      const { url, token } = estate.connect.billing
      let paths: string[] = []
      const sync = async (): Promise<number> => {
        await estate.forgetRequests()
        const ms = await syncOnce(estate.connect)
        const all = (await estate.requests()).filter((asked) => asked.method === 'GET').map((asked) => asked.path)
        // Connecting asks single rows; the pages are what the sync itself read.
        paths = all.filter((path) => /[?&]page=/.test(path))
        return ms
      }
      const bare = async (): Promise<number> => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        try {
          return await elapsedMs(async () => {
            for (const path of paths) JSON.parse(await textOf(`${url}${path}`, token, agent))
          })
        } finally {
          agent.destroy()
        }
      }
      await sync()
      tell(`${paths.length} pages`)
      return inTurns(rounds, sync, bare)
    },
  },
]
