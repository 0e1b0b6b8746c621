// The command line as a real process, with a real keyring, against the simulated estate: shapes, exit codes, what stands where.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startEstate, type Estate } from '../../demo/estate.ts'
import { type KeyringSession, startKeyringSession } from '../helpers/keyring.ts'
import { type CommandOutcome, runCommand, startCommand } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

const instant = z.iso.datetime()
const day = z.iso.date()
const money = z.strictObject({ amountMinor: z.int(), currency: z.string() })
const failure = z.strictObject({ code: z.string(), message: z.string(), hint: z.string().nullable() })
const resourceErrors = z.array(z.strictObject({ resource: z.string(), code: z.string(), message: z.string() }))
const nodeShape = z.strictObject({
  id: z.string(),
  name: z.string(),
  url: z.url(),
  state: z.enum([
    'ok',
    'unreachable',
    'unauthorized',
    'limited',
    'libvirt-lost',
    'not-flint',
    'certificate-changed',
    'maintenance',
    'unknown',
  ]),
  lastSeenAt: instant.nullable(),
  vms: z.int(),
  findings: z.array(failure),
})
const vmShape = z.strictObject({
  node: z.string(),
  name: z.string(),
  uuid: z.uuid(),
  state: z.enum(['running', 'paused', 'shutoff', 'shutting-down', 'crashed', 'unknown']),
  memoryMiB: z.int(),
  vcpus: z.int(),
  cpuPercent: z.number().nullable(),
  observedAt: instant,
  serviceId: z.int().nullable(),
  customer: z.string().nullable(),
})
const powerShape = z.strictObject({ node: z.string(), name: z.string(), uuid: z.uuid(), state: z.string(), verified: z.boolean() })
const syncShape = z.strictObject({
  kind: z.enum(['full', 'incremental']),
  requests: z.int(),
  rows: z.record(z.string(), z.int()),
  changed: z.int(),
  gone: z.int(),
  seconds: z.number(),
  errors: resourceErrors,
})
const linkShape = z.strictObject({
  serviceId: z.int(),
  node: z.string(),
  name: z.string(),
  uuid: z.uuid(),
  reason: z.string(),
  confirmed: z.boolean(),
})
const policyShape = {
  mode: z.enum(['observe', 'approve', 'auto']),
  requirePaymenterSuspended: z.string(),
  graceDays: z.int(),
  warnDaysBefore: z.int(),
  terminateAfterDays: z.int(),
  retentionDays: z.int(),
  trialDays: z.union([z.literal('off'), z.int()]),
  forceAfterSeconds: z.int(),
  maxPerRun: z.union([z.literal('auto'), z.int()]),
  businessHours: z.string(),
  writeStatus: z.string(),
}
const planShape = z.strictObject({
  serviceId: z.int(),
  node: z.string(),
  name: z.string(),
  decision: z.enum(['none', 'suspend', 'unsuspend', 'propose-termination', 'hold']),
  reason: z.string(),
  facts: z.record(z.string(), z.unknown()),
  blockedBy: z.array(z.string()),
})
const intentShape = z.strictObject({
  id: z.string(),
  kind: z.string(),
  serviceId: z.int(),
  node: z.string(),
  name: z.string(),
  state: z.enum(['planned', 'approved', 'executing', 'verifying', 'done', 'failed', 'cancelled']),
  step: z.string(),
  reason: z.string(),
  attempts: z.int(),
  error: failure.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
})
const guardShape = z.strictObject({
  code: z.string(),
  node: z.string().nullable(),
  since: instant,
  reason: z.string(),
  figures: z.record(z.string(), z.unknown()),
})
const holdShape = z.strictObject({
  serviceId: z.int(),
  kind: z.enum(['no-stop', 'no-start']),
  until: day.nullable(),
  why: z.string(),
  by: z.string(),
  createdAt: instant,
})
const runShape = z.strictObject({
  sync: syncShape.nullable(),
  planned: z.int(),
  waiting: z.int(),
  done: z.int(),
  failed: z.int(),
  held: z.array(z.strictObject({ code: z.string(), node: z.string().nullable(), reason: z.string() })),
})
const listShapes = {
  customers: z.strictObject({ id: z.int(), firstName: z.string().nullable(), lastName: z.string().nullable(), email: z.string() }),
  products: z.strictObject({ id: z.int(), name: z.string(), slug: z.string(), hidden: z.boolean() }),
  plans: z.strictObject({
    id: z.int(),
    productId: z.int(),
    name: z.string().nullable(),
    type: z.string(),
    period: z.int().nullable(),
    unit: z.string().nullable(),
    prices: z.array(z.strictObject({ currency: z.string(), amountMinor: z.int(), setupFeeMinor: z.int().nullable() })),
  }),
  services: z.strictObject({
    id: z.int(),
    customerId: z.int().nullable(),
    productId: z.int().nullable(),
    status: z.string(),
    price: money.nullable(),
    quantity: z.int(),
    expiresAt: day.nullable(),
    vm: z.string().nullable(),
  }),
  invoices: z.strictObject({
    id: z.int(),
    customerId: z.int().nullable(),
    status: z.string(),
    total: money.nullable(),
    dueAt: day.nullable(),
    paidAt: instant.nullable(),
    items: z.array(z.strictObject({ id: z.int(), serviceId: z.int().nullable(), price: money.nullable(), quantity: z.int() })),
  }),
  tickets: z.strictObject({
    id: z.int(),
    customerId: z.int().nullable(),
    subject: z.string(),
    status: z.enum(['open', 'replied', 'closed']),
    priority: z.enum(['low', 'medium', 'high']),
    updatedAt: instant.nullable(),
  }),
} as const

let estate: Estate
let session: KeyringSession
let dataDir: string

beforeAll(async () => {
  estate = await startEstate({ listDelayMs: 50, stopDelayMs: 200 })
  session = await startKeyringSession('unlocked')
  dataDir = mkdtempSync(join(tmpdir(), 'flint-cli-'))
}, 60_000)

afterAll(async () => {
  await session.stop()
  await estate.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

function cli(args: readonly string[], stdin?: string): Promise<CommandOutcome> {
  return runCommand(['--data-dir', dataDir, ...args], { env: session.env, ...(stdin === undefined ? {} : { stdin }) })
}

/** Runs with `--json` and parses the one value on stdout. */
async function json<T extends z.ZodType>(
  shape: T,
  args: readonly string[],
  expected: { code?: number; stdin?: string } = {},
): Promise<z.output<T>> {
  const outcome = await cli(['--json', ...args], expected.stdin)
  expect({ code: outcome.code, stderr: outcome.code === (expected.code ?? 0) ? '' : outcome.stderr }).toEqual({
    code: expected.code ?? 0,
    stderr: '',
  })
  return shape.parse(JSON.parse(outcome.stdout))
}

const errorOf = (args: readonly string[], stdin?: string) =>
  json(z.strictObject({ error: failure }), args, { code: 1, ...(stdin === undefined ? {} : { stdin }) })

const nodeOf = (index: number): { name: string; url: string; key: string } => {
  const node = estate.connect.nodes[index]
  if (!node) throw new Error('the estate has no such node')
  return node
}

describe('wrong usage exits 2, with help on stderr and nothing on stdout', () => {
  const usage: readonly (readonly string[])[] = [
    [],
    ['nonsense'],
    ['node'],
    ['node', 'nonsense'],
    ['node', 'add'],
    ['node', 'add', '--name', 'x'],
    ['node', 'add', '--name', 'x', '--url', 'http://127.0.0.1:1'],
    ['node', 'add', '--name', 'x', '--url', 'http://127.0.0.1:1', '--key', 'secret'],
    ['node', 'add', '--name', 'x', '--url', 'http://127.0.0.1:1', '--key-stdin', '--passphrase-stdin'],
    ['node', 'list', '--nonsense'],
    ['node', 'list', 'extra'],
    ['node', 'remove'],
    ['node', 'maintenance', 'x'],
    ['vm', 'start'],
    ['vm', 'delete', 'a/b'],
    ['billing', 'connect', '--url', 'http://127.0.0.1:1'],
    ['billing', 'list'],
    ['billing', 'list', 'nonsense'],
    ['link', 'confirm'],
    ['link', 'confirm', '1'],
    ['link', 'confirm', '1', 'a/b', '--all-obvious'],
    ['policy', 'set'],
    ['policy', 'set', 'graceDays'],
    ['policy', 'set', '--product', '1', '--customer', '1', 'graceDays=3'],
    ['intent', 'approve'],
    ['guard', 'release', 'stale'],
    ['hold', 'add', '1'],
    ['run', '--nonsense'],
    ['audit'],
    ['serve', '--nonsense'],
    ['--nonsense', 'node', 'list'],
    ['node', 'list', '--data-dir'],
  ]

  test.for(usage)('%j', async (args) => {
    const outcome = await cli(args)
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: '' })
    expect(outcome.stderr).toContain('Usage: flint-console')
  })

  test('with --json too, and whatever stands first', async () => {
    for (const args of [
      ['--json', 'nonsense'],
      ['node', 'list', '--json', '--nonsense'],
      ['--json', 'billing', 'list', 'nonsense'],
    ]) {
      expect(await cli(args)).toMatchObject({ code: 2, stdout: '' })
    }
  })

  test('help that was asked for, and the version, go to stdout with 0', async () => {
    const help = await cli(['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('Usage: flint-console')
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string })
  })
})

test('an operator’s way from nothing to a suspended and restored customer, by commands alone', { timeout: 180_000 }, async () => {
  // Nodes.
  expect(await json(z.array(nodeShape), ['node', 'list'])).toEqual([])
  for (const { name, url, key } of estate.connect.nodes) {
    expect(await json(nodeShape, ['node', 'add', '--name', name, '--url', `${url}/`, '--key-stdin'], { stdin: `${key}\n` })).toMatchObject({
      name,
      url,
      state: 'ok',
    })
  }
  const nodes = await json(z.array(nodeShape), ['node', 'check'])
  expect(nodes.map(({ name }) => name).sort()).toEqual(estate.connect.nodes.map(({ name }) => name).sort())
  expect(nodes[0]?.findings.length).toBeGreaterThan(0)
  const first = nodeOf(0)
  expect(await json(nodeShape, ['node', 'maintenance', first.name, 'on'])).toMatchObject({ state: 'maintenance' })
  expect(await json(nodeShape, ['node', 'maintenance', first.name, 'off'])).toMatchObject({ state: 'ok' })
  expect((await errorOf(['node', 'maintenance', first.name, 'maybe'])).error.code).toBe('cli.invalid-value')

  // VMs.
  const vms = await json(z.array(vmShape), ['vm', 'list'])
  expect(vms.length).toBe(60)
  expect((await json(z.array(vmShape), ['vm', 'list', '--node', first.name])).every(({ node }) => node === first.name)).toBe(true)

  // Billing.
  const connection = z.strictObject({
    url: z.url(),
    timeZone: z.string(),
    permissions: z.strictObject({ granted: z.array(z.string()), missing: z.array(z.string()), unknown: z.array(z.string()) }),
  })
  const connected = await json(connection, ['billing', 'connect', '--url', estate.connect.billing.url, '--token-stdin'], {
    stdin: estate.connect.billing.token,
  })
  expect(connected.timeZone).toBe('UTC')
  expect(connected.permissions.granted).toContain('invoices.view')
  const sync = await json(syncShape, ['billing', 'sync', '--full'])
  expect(sync).toMatchObject({ kind: 'full', errors: [] })
  const status = z.strictObject({
    lastFullAt: instant,
    lastIncrementalAt: instant.nullable(),
    rows: z.record(z.string(), z.int()),
    errors: resourceErrors,
  })
  expect((await json(status, ['billing', 'status'])).rows).toEqual(sync.rows)
  for (const [list, shape] of Object.entries(listShapes)) {
    expect((await json(z.array(shape), ['billing', 'list', list])).length).toBe(sync.rows[list])
  }

  // Links.
  const suggested = await json(z.array(linkShape), ['link', 'suggest'])
  expect(suggested.every(({ confirmed }) => !confirmed)).toBe(true)
  const confirmed = await json(z.array(linkShape), ['link', 'confirm', '--all-obvious'])
  expect(confirmed.every((link) => link.confirmed)).toBe(true)
  expect((await json(z.array(linkShape), ['link', 'list'])).length).toBe(confirmed.length)
  const services = await json(z.array(listShapes.services), ['billing', 'list', 'services'])
  expect(services.filter(({ vm }) => vm !== null).length).toBe(confirmed.length)

  // Policy.
  expect(await json(z.strictObject(policyShape), ['policy', 'set', 'mode=approve', 'graceDays=3', 'forceAfterSeconds=5'])).toMatchObject({
    mode: 'approve',
    graceDays: 3,
  })
  await json(z.strictObject(policyShape), ['policy', 'set', '--customer', '1', 'graceDays=30'])
  const overrides = z.array(z.looseObject({ productId: z.int().nullable(), customerId: z.int().nullable() }))
  expect((await json(z.strictObject({ ...policyShape, overrides }), ['policy', 'show'])).overrides).toEqual([
    { productId: null, customerId: 1, graceDays: 30 },
  ])
  for (const value of ['graceDays=', 'graceDays=0', 'graceDays=-1', 'graceDays=7d', 'unknown=1', 'mode=AUTO']) {
    expect((await errorOf(['policy', 'set', 'warnDaysBefore=9', value])).error.code).toMatch(/^policy\./)
  }
  expect(await json(z.looseObject({}), ['policy', 'show'])).toMatchObject({ warnDaysBefore: 2, graceDays: 3 })

  // The plan, a guard and its release, the queue, an approval, the act.
  const plan = await json(z.array(planShape), ['plan'])
  const runs = (node: string, name: string): boolean => vms.some((vm) => vm.node === node && vm.name === name && vm.state === 'running')
  const due = plan.find(({ decision, node, name }) => decision === 'suspend' && runs(node, name))
  if (!due) throw new Error('the estate has nobody to suspend')
  expect(due.blockedBy).toEqual(['too-many'])
  const held = await json(runShape, ['run', '--once'])
  expect(held).toMatchObject({ done: 0, failed: 0, held: [{ code: 'too-many', node: null }] })
  expect(await json(z.array(guardShape), ['guard', 'list'])).toMatchObject([{ code: 'too-many' }])
  expect((await errorOf(['guard', 'release', 'clock', '--by', 'me', '--why', 'no reason'])).error.code).toMatch(/^guard\./)
  await json(z.array(guardShape), ['guard', 'release', 'too-many', '--by', 'the tests', '--why', 'the estate is made so'])
  const passed = await json(runShape, ['run', '--once'])
  expect(passed).toMatchObject({ failed: 0, held: [] })
  expect(passed.waiting).toBeGreaterThan(0)
  const waiting = await json(z.array(intentShape), ['intent', 'list', '--state', 'planned'])
  const intent = waiting.find(({ serviceId }) => serviceId === due.serviceId)
  if (!intent) throw new Error('the suspension is not in the queue')
  expect(await json(intentShape, ['intent', 'approve', intent.id])).toMatchObject({ id: intent.id, state: 'approved' })
  expect(await json(runShape, ['run', '--once'])).toMatchObject({ failed: 0 })
  const vmState = async (): Promise<string | undefined> =>
    (await json(z.array(vmShape), ['vm', 'list'])).find(({ node, name }) => node === due.node && name === due.name)?.state
  expect(await vmState()).toBe('shutoff')
  expect(estate.billing.service(due.serviceId)?.status).toBe('suspended')

  // The payment brings it back.
  for (const invoice of estate.billing.invoicesOf(due.serviceId)) if (invoice.status === 'pending') estate.billing.payInvoice(invoice.id)
  expect(await json(runShape, ['run', '--once'])).toMatchObject({ failed: 0 })
  expect(await vmState()).toBe('running')
  const finished = await json(z.array(intentShape), ['intent', 'list', '--state', 'done'])
  expect(
    finished
      .filter(({ serviceId }) => serviceId === due.serviceId)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['suspend', 'unsuspend'])

  // Holds, guards, the record.
  expect(await json(holdShape, ['hold', 'add', String(due.serviceId), '--why', 'a friend', '--until', '2099-12-31'])).toMatchObject({
    kind: 'no-stop',
    until: '2099-12-31',
  })
  expect(await json(z.array(holdShape), ['hold', 'list'])).toHaveLength(1)
  expect(await json(holdShape, ['hold', 'remove', String(due.serviceId)])).toMatchObject({ why: 'a friend' })
  await json(z.array(guardShape), ['guard', 'list'])
  const audit = z.strictObject({ ok: z.boolean(), entries: z.int(), firstBad: z.int().nullable() })
  expect(await json(audit, ['audit', 'verify'])).toMatchObject({ ok: true, firstBad: null })
  const entries = await json(z.array(z.looseObject({ seq: z.int(), at: instant, actor: z.string(), action: z.string() })), [
    'audit',
    'list',
    '--service',
    String(due.serviceId),
  ])
  expect(entries.length).toBeGreaterThan(4)
  expect((await errorOf(['audit', 'list', '--since', 'yesterday'])).error.code).toBe('cli.invalid-value')

  // A sync that cannot be read to its end gives its own result, and 1.
  estate.billing.faults.maintenance = true
  const broken = await json(syncShape, ['billing', 'sync'], { code: 1 })
  expect(broken.errors.length).toBeGreaterThan(0)
  expect((await json(runShape, ['run', '--once'], { code: 1 })).sync?.errors.length).toBeGreaterThan(0)
  estate.billing.faults.maintenance = false
  expect(await json(syncShape, ['billing', 'sync'])).toMatchObject({ kind: 'incremental', errors: [] })

  // Power by hand, and what it refuses.
  const idle = vms.find(({ name, state }) => !name.startsWith('vps-') && state === 'running')
  if (!idle) throw new Error('the estate has no running VM without a service')
  const idleName = `${idle.node}/${idle.name}`
  expect(await json(powerShape, ['vm', 'pause', idleName])).toMatchObject({ state: 'paused', verified: true })
  expect(await json(powerShape, ['vm', 'resume', `${idle.node}/${idle.uuid}`])).toMatchObject({ state: 'running', verified: true })
  expect(await json(powerShape, ['vm', 'reboot', idleName])).toMatchObject({ verified: false })
  expect((await errorOf(['vm', 'stop', 'nowhere/none'])).error.code).toBe('node.unknown')
  expect((await errorOf(['vm', 'stop', `${idle.node}/none`])).error.code).toBe('vm.unknown')
  expect((await errorOf(['vm', 'stop', 'noslash'])).error.code).toBe('vm.unknown')
  expect((await errorOf(['vm', 'start', idleName, '--days', 'x'])).error.code).toBe('cli.invalid-value')

  // Nothing of the secrets is anywhere but in the keyring.
  const secrets = [...estate.connect.nodes.map(({ key }) => key), estate.connect.billing.token]
  for (const file of readdirSync(dataDir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const content = readFileSync(join(file.parentPath, file.name), 'latin1')
    for (const secret of secrets) expect([file.name, content.includes(secret)]).toEqual([file.name, false])
  }

  // The way out.
  expect((await errorOf(['node', 'remove', first.name])).error.code).toMatch(/^node\./)
  expect((await errorOf(['link', 'remove', '999999'])).error.code).toMatch(/^link\./)
})

test('a failure has its reason and hint on stderr, and without --json nothing on stdout', async () => {
  const outcome = await cli(['node', 'add', '--name', 'x', '--url', 'ftp://127.0.0.1', '--key-stdin'], 'key')
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
  expect(outcome.stderr).toContain('http')
})

test('an empty secret is refused before anything is asked', async () => {
  expect((await errorOf(['node', 'add', '--name', 'x', '--url', 'http://127.0.0.1:1', '--key-stdin'], '\n')).error.code).toBe(
    'cli.no-secret',
  )
})

test('a secret given by stdin never stands in the process’s arguments or environment', async () => {
  const canary = 'canary-secret-0123456789'
  const running = startCommand(['--data-dir', dataDir, 'node', 'add', '--name', 'y', '--url', nodeOf(0).url, '--key-stdin'], {
    env: session.env,
    stdin: canary,
  })
  const seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${running.child.pid ?? 0}/${file}`, 'utf8')).join('')
  expect(seen).toContain('--key-stdin')
  expect(seen).not.toContain(canary)
  expect((await running.ended).stderr).not.toContain(canary)
})

test('a locked keyring is told with the way out, and nothing is saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flint-cli-locked-'))
  const locked = await startKeyringSession('locked')
  try {
    const outcome = await runCommand(
      ['--data-dir', folder, '--json', 'node', 'add', '--name', 'x', '--url', nodeOf(0).url, '--key-stdin'],
      { env: locked.env, stdin: nodeOf(0).key },
    )
    expect(outcome.code).toBe(1)
    expect(JSON.parse(outcome.stdout)).toMatchObject({ error: { code: 'keychain.locked' } })
    expect(await runCommand(['--data-dir', folder, '--json', 'node', 'list'], { env: locked.env })).toMatchObject({
      code: 0,
      stdout: '[]\n',
    })
  } finally {
    await locked.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('“demo” prints what to connect to, and ends on SIGTERM', async () => {
  const demo = startCommand(['--json', 'demo', '--nodes', '1', '--vms', '3', '--customers', '2'])
  await until('it has printed the addresses', () => demo.stdout().endsWith('\n'))
  const printed = z
    .strictObject({
      nodes: z.array(z.strictObject({ name: z.string(), url: z.url(), key: z.string() })).length(1),
      billing: z.strictObject({ url: z.url(), token: z.string() }),
      control: z.strictObject({ url: z.url() }),
    })
    .parse(JSON.parse(demo.stdout()))
  expect(
    (await fetch(`${printed.nodes[0]?.url}/api/health`, { headers: { authorization: `Bearer ${printed.nodes[0]?.key}` } })).status,
  ).toBe(200)
  demo.child.kill('SIGTERM')
  expect((await demo.ended).code).toBe(0)
  expect(await runCommand(['demo', '--nodes', 'many'])).toMatchObject({ code: 1, stdout: '' })
})

test('names from peers cannot steer the terminal', async () => {
  const outcome = await cli(['billing', 'list', 'customers'])
  expect(outcome.code).toBe(0)
  expect(outcome.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
})
