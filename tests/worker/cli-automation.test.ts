// Policy, plan, intents, holds and the record by commands alone: what is refused, with which code and words; what each ends with.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CliWorld } from '../helpers/cliWorld.ts'
import { until } from '../helpers/until.ts'

const intents = z.array(z.looseObject({ id: z.string(), kind: z.string(), serviceId: z.int(), state: z.string(), attempts: z.int() }))

let world: CliWorld
beforeAll(async () => {
  world = await CliWorld.open()
})
afterAll(async () => {
  await world.close()
})

async function intentOf(serviceId: number, kind = 'suspend'): Promise<z.output<typeof intents>[number]> {
  const found = intents.parse(await world.json(['intent', 'list'])).find((intent) => intent.serviceId === serviceId && intent.kind === kind)
  if (!found) throw new Error(`service ${serviceId} has no intent to ${kind}`)
  return found
}

/** Every value under a key that ends in `At`, with its path. */
function instantsIn(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...(key.endsWith('At') ? [[`${path}.${Array.isArray(value) ? '' : key}`, inner] satisfies [string, unknown]] : []),
    ...instantsIn(inner, Array.isArray(value) ? path : `${path}.${key}`),
  ])
}

describe('help and global options', () => {
  test.for(['help', 'help node', 'node help', 'node help add', 'node add --help'])('“%s” was asked for: stdout, 0', async (line) => {
    expect(await world.run(line.split(' '))).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: flint-console') as string, stderr: '' })
  })

  test('help on what there is not exits 2, with the help on stderr', async () => {
    expect(await world.run(['help', 'nonsense'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: flint-console') as string })
  })

  test('a data folder without a name is refused rather than taken for the folder one happens to be in', async () => {
    expect(await world.run(['--data-dir', '', 'node', 'list'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('--data-dir') as string })
  })

  test('a data folder that cannot be made is refused at once, and one within missing folders is made', async () => {
    for (const folder of ['/proc/flint/data', '/dev/null', '/dev/null/data']) {
      expect(await world.run(['--data-dir', folder, 'node', 'list'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`${folder} cannot be used`) as string })
    }
    expect(await world.run(['--data-dir', `${world.dataDir}/a/b`, '--json', 'node', 'list'])).toMatchObject({ code: 0, stdout: '[]\n' })
  })

  test('secrets are exported to no JSON', async () => {
    expect(await world.run(['--json', 'credentials', 'export'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('a policy', () => {
  const wrong = ['', ' ', '0', '-1', '366', '9999999999999999999999', '1.5', '7d', '٣', 'three']

  test('with one wrong value is refused as a whole, with what is right', async () => {
    for (const text of wrong) {
      const error = await world.refused(['policy', 'set', 'warnDaysBefore=9', `graceDays=${text}`])
      expect(error).toEqual({ code: 'policy.invalid', message: `graceDays must be a whole number from 1 to 365, not “${text}”.`, hint: 'Nothing was changed.' })
    }
    expect(await world.json(['policy', 'show'])).toMatchObject({ warnDaysBefore: 2, graceDays: 3 })
  })

  test.for(['mode=Auto', 'mode=', 'trialDays=0', 'maxPerRun=0', 'maxPerRun=10001', 'forceAfterSeconds=3601', 'writeStatus=true', 'businessHours=9-17'])(
    'with %s is refused',
    async (pair) => {
      expect(await world.refused(['policy', 'set', pair])).toMatchObject({ code: 'policy.invalid', message: expect.stringContaining(pair.split('=')[0] ?? '') as string })
    },
  )

  test.for(['unknown', 'GRACEDAYS', '__proto__', 'constructor'])('with the key %s, which there is not, is refused with those that there are', async (key) => {
    expect(await world.refused(['policy', 'set', 'warnDaysBefore=9', `${key}=3`])).toEqual({
      code: 'policy.unknown-key',
      message: `There is no policy key “${key}”.`,
      hint: expect.stringContaining('graceDays') as string,
    })
  })

  test('has no override of what is for the whole installation, nor for an id that is no number', async () => {
    expect(await world.refused(['policy', 'set', '--product', '1', 'mode=auto'])).toMatchObject({ code: 'policy.not-overridable' })
    expect(await world.refused(['policy', 'set', '--customer', 'x', 'graceDays=4'])).toMatchObject({ code: 'cli.invalid-value' })
  })

  test('has no override for a product or a customer that billing does not know', async () => {
    expect(await world.refused(['policy', 'set', '--product', '987654', 'graceDays=4'])).toEqual({
      code: 'product.unknown',
      message: 'Product 987654 is not in the mirror.',
      hint: 'Sync billing, then look at the plans.',
    })
    expect(await world.refused(['policy', 'set', '--customer', '987654', 'graceDays=default'])).toMatchObject({ code: 'customer.unknown' })
    expect(await world.json(['policy', 'show'])).toMatchObject({ overrides: [] })
  })

  test('takes any number as long as billing was never read, and says that it holds for nobody until there is such a one', async () => {
    const before = ['--data-dir', `${world.dataDir}/before-billing`]
    const set = await world.run([...before, '--json', 'policy', 'set', '--customer', '7', 'graceDays=30'])
    expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining('Customer 7 has an override and is not in the mirror') as string })
    expect(await world.json([...before, 'policy', 'show'])).toMatchObject({ overrides: [{ productId: null, customerId: 7, graceDays: 30 }] })
    await world.json([...before, 'policy', 'set', '--customer', '7', 'graceDays=default'])
    expect(await world.json([...before, 'policy', 'show'])).toMatchObject({ overrides: [] })
  })
})

describe('a policy that was edited by hand', () => {
  const edit = (values: string) => {
    world.edit('update policies set "values" = ? where version = (select max(version) from policies)', values)
  }
  const restored = expect.arrayContaining([expect.objectContaining({ code: 'restored', node: null })]) as unknown
  beforeAll(async () => {
    await world.json(['policy', 'set', 'mode=approve', 'graceDays=4'])
    await world.json(['policy', 'set', '--product', '1', 'graceDays=5'])
  })

  test.for([
    ['is no JSON', 'graceDays: 3', /form in which they are written/],
    ['is a list', '[]', /form in which they are written/],
    ['has a zero', '{"mode":"auto","graceDays":"0"}', /graceDays must be a whole number from 1 to 365, not “0”/],
    ['has a blank', '{"mode":"auto","graceDays":""}', /graceDays must be .*not “”/],
    ['has a number that is no text', '{"mode":"auto","graceDays":0}', /graceDays is stored as 0/],
    ['has a key that there is not, and a wrong value', '{"mode":"auto","grace":"3","trialDays":"-1"}', /no policy key “grace”.*trialDays must be/],
  ] as const)('and %s stops automation with each reason, and is mended by setting it anew', async ([, stored, reason]) => {
    edit(stored)
    for (const args of [['plan'], ['policy', 'show'], ['policy', 'set', 'graceDays=x']]) {
      const error = await world.refused(args)
      expect(error.code).toBe(args[1] === 'set' ? 'policy.invalid' : 'policy.unreadable')
      if (args[1] !== 'set') expect(error).toMatchObject({ message: expect.stringMatching(reason) as string, hint: expect.stringContaining('`policy set`') as string })
    }
    const run = await world.run(['--json', 'run', '--once'])
    expect(JSON.parse(run.stdout)).toMatchObject({ done: 0, failed: 0, waiting: 0, held: restored })
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(reason) as string })
    const mended = await world.json(['policy', 'set', 'warnDaysBefore=3'])
    expect(mended).toMatchObject({ mode: 'observe', graceDays: 3, warnDaysBefore: 3, trialDays: 'off' })
    expect(await world.json(['policy', 'show'])).toMatchObject({ overrides: [{ productId: 1, customerId: null, graceDays: 5 }] })
  })

  test('keeps the mode when the only wrong value is the one that is set', async () => {
    edit('{"mode":"approve","graceDays":"0"}')
    expect(await world.json(['policy', 'set', 'graceDays=3'])).toMatchObject({ mode: 'approve', graceDays: 3 })
  })

  test('has overrides that are for nobody left out, and names them', async () => {
    world.edit(`update policies set overrides = '[{"productId":1,"customerId":null,"values":{"mode":"auto"}},7]' where version = (select max(version) from policies)`)
    expect((await world.refused(['plan'])).message).toMatch(/Product 1: mode is for the whole installation.*neither for one product nor for one customer/)
    const mended = await world.run(['policy', 'set', 'mode=observe'])
    expect(mended).toMatchObject({ code: 0, stderr: expect.stringContaining('Left out of the policy') as string })
    expect(await world.json(['policy', 'show'])).toMatchObject({ mode: 'observe', overrides: [] })
  })

  test('is held as restored until somebody has looked, who says who and why', async () => {
    expect(await world.json(['run', '--once'])).toMatchObject({ held: restored })
    expect(await world.refused(['guard', 'release', 'restored', '--by', ' ', '--why', 'x'])).toMatchObject({ code: 'guard.invalid' })
    expect(await world.refused(['guard', 'release', 'restored', '--by', 'me', '--why', ''])).toMatchObject({ code: 'guard.invalid' })
    expect(await world.json(['guard', 'release', 'restored', '--by', 'me', '--why', 'it was the tests'])).not.toEqual(restored)
  })
})

describe('a hold', () => {
  test.for([
    [['--until', '2020-01-01'], 'hold.invalid', /2020-01-01 has passed already.*Today is \d{4}-\d{2}-\d{2}/],
    [['--until', '2026-02-31'], 'hold.invalid', /is not a date.*YYYY-MM-DD/],
    [['--until', 'tomorrow'], 'hold.invalid', /is not a date.*YYYY-MM-DD/],
    [['--until', ''], 'hold.invalid', /is not a date/],
    [['--kind', 'stop'], 'cli.invalid-value', /one of no-stop, no-start/],
  ] as const)('with %j is refused', async ([options, code, words]) => {
    const error = await world.refused(['hold', 'add', '4', '--why', 'x', ...options])
    expect([error.code, `${error.message} ${error.hint ?? ''}`]).toEqual([code, expect.stringMatching(words)])
  })

  test('without a reason, or of a service that is not there, is refused', async () => {
    expect(await world.refused(['hold', 'add', '4', '--why', '  '])).toMatchObject({ code: 'hold.invalid' })
    expect(await world.refused(['hold', 'add', '99999', '--why', 'x'])).toMatchObject({ code: 'link.service-unknown' })
    expect(await world.refused(['hold', 'remove', '4'])).toMatchObject({ code: 'hold.unknown' })
    expect(await world.json(['hold', 'list'])).toEqual([])
  })
})

describe('the queue', () => {
  beforeAll(async () => {
    await world.json(['policy', 'set', 'mode=approve', 'maxPerRun=100', 'forceAfterSeconds=2', 'graceDays=default', 'warnDaysBefore=default'])
    // A guard that held for the defaults goes when a full sync shows that its cause is gone.
    await world.json(['billing', 'sync', '--full'])
    expect(await world.json(['run', '--once'])).toMatchObject({ held: [] })
  })

  test('refuses what is not in it, and states that there are not', async () => {
    for (const verb of ['approve', 'cancel', 'retry', 'resolve']) expect(await world.refused(['intent', verb, 'nope'])).toMatchObject({ code: 'intent.unknown' })
    expect(await world.refused(['intent', 'list', '--state', 'waiting'])).toMatchObject({ code: 'cli.invalid-value', message: expect.stringContaining('planned, approved') as string })
  })

  test('refuses an approval whose facts have changed since, and sends nothing', async () => {
    const actor = world.overdue(9)
    const { id } = await intentOf(actor.id)
    const before = actor.vm.state
    actor.pay()
    expect(await world.refused(['intent', 'approve', id])).toMatchObject({ code: 'intent.facts-changed', message: expect.stringContaining('Paid until') as string })
    expect(await world.json(['run', '--once'])).toMatchObject({ done: 0, failed: 0 })
    expect(await intentOf(actor.id)).toMatchObject({ state: 'cancelled' })
    expect(actor.vm.state).toBe(before)
  })

  test('ends with 1 while an intent fails; a failed one is retried, or marked as resolved', async () => {
    const actor = world.overdue(5)
    const { id } = await intentOf(actor.id)
    expect(await world.refused(['intent', 'retry', id])).toMatchObject({ code: 'intent.wrong-state' })
    await world.json(['intent', 'approve', id])
    world.failPowerActions(true)
    for (let attempt = 1; attempt <= 5; attempt += 1) expect(await world.json(['run', '--once'], { code: 1 })).toMatchObject({ failed: 1 })
    expect(await intentOf(actor.id)).toMatchObject({ state: 'failed', attempts: 5, error: { code: expect.stringMatching(/^(node|vm)\./) as string } })
    expect(await world.json(['intent', 'retry', id])).toMatchObject({ id, state: 'approved', attempts: 0, error: null })
    for (let attempt = 1; attempt <= 5; attempt += 1) await world.json(['run', '--once'], { code: 1 })
    expect(await world.json(['intent', 'resolve', id])).toMatchObject({ id, state: 'done' })
  })

  test('terminates only with the VM’s typed name, and a restore takes it back', async () => {
    world.failPowerActions(false)
    const actor = world.overdue(5)
    await world.json(['policy', 'set', 'mode=auto', 'terminateAfterDays=1'])
    await world.json(['run', '--once'])
    expect(actor.vm.state).toBe('Shutoff')
    // As if two days had passed since.
    world.edit('update suspensions set verified_at = verified_at - 2 * 86400000, started_at = started_at - 2 * 86400000')
    world.edit('update vms set off_since = off_since - 2 * 86400000')
    await world.json(['run', '--once'])
    const { id } = await intentOf(actor.id, 'terminate')
    expect(await world.refused(['intent', 'approve', id])).toMatchObject({ code: 'intent.confirm-needed', hint: expect.stringContaining(actor.vm.name) as string })
    expect(await world.refused(['intent', 'approve', id, '--confirm', 'vps-1'])).toMatchObject({ code: 'intent.confirm-needed' })
    expect(await world.json(['intent', 'approve', id, '--confirm', actor.vm.name])).toMatchObject({ state: 'approved', kind: 'terminate' })
    await world.json(['run', '--once'])
    expect(await intentOf(actor.id, 'terminate')).toMatchObject({ state: 'done' })
    expect(await world.json(['vm', 'restore', actor.name])).toMatchObject({ name: actor.vm.name, state: 'running', verified: true })
    expect(await world.refused(['vm', 'restore', actor.name])).toMatchObject({ code: 'vault.unknown' })
  })
})

test('a guest that ignores the stop ends it with 1, and --force proves it off', async () => {
    world.failPowerActions(false)
  const actor = world.overdue(7)
  await world.json(['policy', 'set', 'mode=observe'])
  if (actor.vm.state !== 'Running') await world.json(['vm', 'start', actor.name])
  expect((await world.refused(['vm', 'stop', actor.name])).code).toBe('vm.still-running')
  expect(await world.json(['vm', 'stop', actor.name, '--force'])).toMatchObject({ state: 'shutoff', verified: true })
  expect(await world.json(['link', 'cover', String(actor.id)])).toMatchObject({ serviceId: actor.id, confirmed: true })
  expect(await world.json(['link', 'remove', String(actor.id)])).toMatchObject({ serviceId: actor.id, confirmed: false })
})

test('each …At is an ISO instant or null, but for the days dueAt and expiresAt, also in facts and in the record', async () => {
  const instant = z.iso.datetime().nullable()
  const day = z.iso.date().nullable()
  for (const args of [['plan'], ['intent', 'list'], ['audit', 'list'], ['guard', 'list'], ['hold', 'list'], ['billing', 'status'], ['node', 'list']]) {
    const found = instantsIn(await world.json(args))
    const wrong = found.filter(([path, value]) => !(/\.(dueAt|expiresAt)$/.test(path) ? day : instant).safeParse(value).success)
    expect([args, wrong]).toEqual([args, []])
  }
})

test('a node that cannot be reached makes its VMs unknown, and the list is still given', async () => {
  const node = world.estate.nodes[0]
  if (!node) throw new Error('the estate has no node')
  node.faults.unreachable = true
  const outcome = await world.run(['--json', 'vm', 'list'])
  node.faults.unreachable = false
  const states = z.array(z.looseObject({ node: z.string(), state: z.string() })).parse(JSON.parse(outcome.stdout))
  expect(outcome).toMatchObject({ code: 0, stderr: expect.stringContaining(node.hostname) as string })
  expect(states.every((vm) => (vm.state === 'unknown') === (vm.node === node.hostname))).toBe(true)
})

test('commands go to the worker that runs on the data folder; it ends with 0 when told to, and writes nothing to stdout', async () => {
  const worker = world.start(['run'])
  await until('the worker says that it runs', () => worker.stderr().includes('The worker runs on'))
  expect(await world.json(['plan'])).not.toEqual([])
  expect(await world.refused(['policy', 'set', 'graceDays=0'])).toMatchObject({ code: 'policy.invalid' })
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toMatchObject({ code: 0, stdout: '' })
})

test('the record names the first bad row with its own result and 1, and dates that do not exist are refused', async () => {
  for (const since of ['yesterday', '', '2026-02-31', '2026-02-31T00:00:00Z', '2026-11-23T25:00:00Z', '5'])
    expect((await world.refused(['audit', 'list', '--since', since])).code).toBe('cli.invalid-value')
  expect(await world.json(['audit', 'list', '--since', '2099-01-01'])).toEqual([])
  expect(await world.json(['audit', 'verify'])).toMatchObject({ ok: true, firstBad: null })
  world.edit("update audit set why = 'nothing happened' where seq = 5")
  expect(await world.json(['audit', 'verify'], { code: 1 })).toMatchObject({ ok: false, firstBad: 5 })
  expect(await world.run(['audit', 'verify'])).toMatchObject({ code: 1, stdout: expect.stringContaining('entry 5') as string, stderr: '' })
})
