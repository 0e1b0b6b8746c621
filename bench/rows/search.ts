// `search`: the palette's search over 100,000 rows, names mistyped among the queries, against the same FTS5 queries by the bare driver.
import type { Database } from '../../db/open.ts'
import { matchOfParts, matchOfWords, readQuery } from '../../electron/worker/search/query.ts'
import { Search } from '../../electron/worker/search/search.ts'
import { elapsedMs, inTurns, type Row } from '../row.ts'
import { openWorkshop } from '../workshop.ts'

const customers = 4_000
const services = 6_000
const machines = 5_000
const items = 85_000
const rounds = 15
const first = ['Priya', 'Meera', 'Robert', 'Zoë', 'Aarav', 'Ishaan', 'Lena', 'Tomás', 'Yuki', 'Fatima', 'Noah', 'Olga', 'Samuel', 'Ritu', 'Vikram', 'Anjali']
const last = ['Venkatesh', 'Iyer', 'Lang', 'Müller', 'Shah', 'Khan', 'Sørensen', 'García', 'Tanaka', 'Haddad', 'Okafor', 'Petrova', 'Nair', 'Bose', 'Rao', 'Kulkarni']
const queries = ['priya', 'meera iyer', 'robert.lang', 'starter vps', 'business', '812', '#4711', 'vps-42', '10.0.7', 'zoe mull', 'nair77@example', 'invoice 500', 'october 2026', 'priya iyer starter']

function fill(db: Database): void {
  const { sqlite } = db
  const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? ''
  db.transaction(() => {
    sqlite.prepare(`insert into nodes (id, name, url, created_at, state, findings) values ('n', 'blr-1', 'https://blr-1.example', 1, 'ok', '[]')`).run()
    for (const [id, name] of ['Free VPS', 'Starter VPS', 'Professional VPS', 'Business VPS'].entries()) {
      sqlite.prepare(`insert into products (id, name, slug, hidden, raw, first_seen_at, read_at) values (?, ?, ?, 0, '{}', 1, 1)`).run(id + 1, name, name.toLowerCase())
    }
    const customer = sqlite.prepare(`insert into customers (id, first_name, last_name, email, raw, first_seen_at, read_at) values (?, ?, ?, ?, '{}', 1, 1)`)
    for (let id = 1; id <= customers; id += 1) {
      const [one, two] = [pick(first, id), pick(last, Math.floor(id / first.length))]
      customer.run(id, one, two, `${one}.${two}${id}@example.com`.toLowerCase())
    }
    const service = sqlite.prepare(
      `insert into services (id, customer_id, product_id, status, currency, price_minor, quantity, expiry_readable, properties, raw, first_seen_at, read_at) values (?, ?, ?, 'active', 'INR', 49900, 1, 1, ?, '{}', 1, 1)`,
    )
    for (let id = 1; id <= services; id += 1) service.run(id, (id % customers) + 1, (id % 4) + 1, JSON.stringify({ hostname: `host${id}.example.com` }))
    const vm = sqlite.prepare(
      `insert into vms (node_id, uuid, name, state, memory_kib, vcpus, cpu_time_seconds, ip_addresses, first_seen_at, observed_at) values ('n', ?, ?, 'running', 1, 1, 1, ?, 1, 1)`,
    )
    for (let id = 1; id <= machines; id += 1) vm.run(`00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, `vps-${id}-starter-vps`, JSON.stringify([`10.0.${id % 250}.${id % 199}`]))
    const invoice = sqlite.prepare(
      `insert into invoices (id, customer_id, status, currency, due_on, due_readable, raw, first_seen_at, read_at) values (?, ?, ?, 'INR', '2026-10-01', 1, '{}', 1, 1)`,
    )
    const item = sqlite.prepare(
      `insert into invoice_items (id, invoice_id, service_id, description, price_minor, quantity, raw, first_seen_at, read_at) values (?, ?, ?, ?, 49900, 1, '{}', 1, 1)`,
    )
    for (let id = 1; id <= items; id += 1) {
      invoice.run(id, (id % customers) + 1, id % 10 === 0 ? 'pending' : 'paid')
      item.run(id, id, (id % services) + 1, `${pick(['Free', 'Starter', 'Professional', 'Business'], id)} VPS (${pick(['September', 'October', 'November'], id)} 01, 2026 - ${id % 28})`)
    }
  })
}

async function measureSearch(tell: (line: string) => void): Promise<{ value: number; baseline: number }> {
  using workshop = openWorkshop()
  const { db } = workshop.context
  const startedAt = performance.now()
  fill(db)
  tell(`${(customers + services + machines + items + 5).toLocaleString('en')} rows stored and indexed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  const search = new Search(workshop.context)
  const statements = {
    customers: db.sqlite.prepare('select rowid from search_customers where search_customers match ? order by rank limit 6').pluck(),
    products: db.sqlite.prepare('select rowid from search_products where search_products match ? order by rank limit 6').pluck(),
    services: db.sqlite.prepare('select rowid from search_services where search_services match ? order by rowid desc limit 6').pluck(),
    tickets: db.sqlite.prepare('select rowid from search_tickets where search_tickets match ? order by rowid desc limit 6').pluck(),
    messages: db.sqlite.prepare('select rowid from search_messages where search_messages match ? order by rowid desc limit 24').pluck(),
    items: db.sqlite.prepare('select rowid from search_items where search_items match ? order by rowid desc limit 24').pluck(),
    machines: db.sqlite.prepare('select rowid from search_machines where search_machines match ? order by rowid limit 6').pluck(),
  }
  const matches = queries.map((text) => {
    const query = readQuery(text)
    return { words: matchOfWords(query.words), parts: matchOfParts(query.parts) }
  })
  const bare = (): void => {
    for (const { words, parts } of matches) {
      for (const kind of ['customers', 'products', 'services', 'items', 'tickets', 'messages'] as const) statements[kind].all(words)
      if (parts !== null) statements.machines.all(parts)
    }
  }
  const ours = (): void => {
    for (const text of queries) search.find(text)
  }
  for (const text of [...queries, 'pryia', 'venkatsh']) {
    const at = performance.now()
    const hits = search.find(text)
    tell(`${text}: ${hits.length} hits in ${(performance.now() - at).toFixed(1)} ms`)
  }
  bare()
  ours()
  const measured = await inTurns(rounds, () => elapsedMs(async () => ours()), () => elapsedMs(async () => bare()))
  return { value: measured.value / queries.length, baseline: measured.baseline / queries.length }
}

export const rows: readonly Row[] = [{ name: 'search', unit: 'ms', goal: 2, better: 'lower', measure: measureSearch }]
