// `billing …`: connect Paymenter, mirror it, and look at the mirror.
import { Argument, type Command } from 'commander'
import { billingConnection, syncResult } from '../../../../shared/contract/billing.ts'
import { type Exit, perform } from '../exit.ts'
import { promptForSecret, secretFromStdin } from '../secretInput.ts'
import { isSyncFailed, resourceErrorsJson, syncJson } from '../syncJson.ts'
import { fields, harmless } from '../terminalText.ts'
import { isoOf, timeText } from '../values.ts'
import { addBillingList } from './billingList.ts'

interface ConnectOptions {
  readonly url: string
  readonly tokenStdin?: boolean
  readonly timeZone?: string
}

function errorLines(errors: readonly { readonly resource: string; readonly message: string }[]): string {
  return errors.map(({ resource, message }) => `\n${resource}: ${harmless(message)}`).join('')
}

function rowsText(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .map(([resource, count]) => `${count} ${resource}`)
    .join(', ')
}

export function addBillingCommands(program: Command, exit: Exit): void {
  const billing = program.command('billing').description('Paymenter and its mirror')

  const connect = billing
    .command('connect')
    .description('probe Paymenter permission by permission, then save; its key goes into the keychain')
    .requiredOption('--url <address>', 'http(s)://host[:port]')
    .option('--token-stdin', 'read the API key from standard input')
    .option('--time-zone <zone>', 'only for an installation that has no dates yet; else it is found')
  connect.action(async (options: ConnectOptions) => {
    if (!options.tokenStdin && !process.stdin.isTTY) connect.error('error: Paymenter’s key is missing: --token-stdin')
    const token = options.tokenStdin ? await secretFromStdin() : await promptForSecret('API key of Paymenter')
    await perform(connect, exit, async ({ client }) => {
      const input = { url: options.url, token, ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }) }
      const connection = billingConnection.parse(await client.call('billing.connect', input))
      const { url, timeZone, permissions } = connection
      return {
        json: connection,
        text: fields([
          ['address', url],
          ['time zone', timeZone],
          ['granted', permissions.granted.join(', ')],
          ['missing', permissions.missing.join(', ')],
          ['unknown', permissions.unknown.join(', ')],
        ]),
      }
    })
  })

  const sync = billing.command('sync').description('mirror now').option('--full', 'read everything, not only what is new')
  sync.action((options: { full?: boolean }) =>
    perform(sync, exit, async ({ client, job }) => {
      const result = syncResult.parse(await job(await client.call('billing.sync', { full: options.full === true })))
      const { kind, changed, gone, requests, seconds, errors } = result
      const what = `${kind}: ${rowsText(result.rows)}; ${changed} changed, ${gone} gone`
      const text = `${what}, ${requests} requests in ${seconds.toFixed(1)} s${errorLines(errors)}${errorLines(result.missing)}`
      return { json: syncJson(result), text, exitCode: isSyncFailed(result) ? 1 : 0 }
    }),
  )

  const status = billing.command('status').description('age and health of the mirror')
  status.action(() =>
    perform(status, exit, async ({ client }) => {
      const { connection, lastFullAt, lastIncrementalAt, nextSyncAt, rows, errors, missing, openPass } = await client.call('billing.status', {})
      return {
        json: { lastFullAt: isoOf(lastFullAt), lastIncrementalAt: isoOf(lastIncrementalAt), rows, errors: resourceErrorsJson(errors) },
        text:
          fields([
            ['connected to', connection === null ? 'nothing yet: `billing connect`' : `${connection.url} (${connection.timeZone})`],
            ['last full', timeText(lastFullAt)],
            ['last incremental', timeText(lastIncrementalAt)],
            ...(nextSyncAt === null ? [] : [['next', timeText(nextSyncAt)] as const]),
            ...(openPass === null ? [] : [['interrupted', `a full pass of ${timeText(openPass.startedAt)}, in ${openPass.resource}; \`billing sync --full\` goes on with it`] as const]),
            ['rows', rowsText(rows)],
          ]) +
          errorLines(errors) +
          errorLines(missing),
      }
    }),
  )

  addBillingList(billing, exit, new Argument('<list>', 'which list'))
}
