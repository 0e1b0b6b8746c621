// What the environment may say about how the worker is started.

export interface EnvironmentOptions {
  readonly dataDir: string | null
  readonly demo: boolean
  readonly validateOutputs: boolean
}

/**
 * `FLINT_CONSOLE_DATA_DIR`: the data folder. `FLINT_CONSOLE_DEMO=1`: begin in the demo. `FLINT_CONSOLE_VALIDATE=1`: hold every answer
 * against the contract (tests and development).
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentOptions {
  const dataDir = env['FLINT_CONSOLE_DATA_DIR']
  return {
    dataDir: dataDir === undefined || dataDir === '' ? null : dataDir,
    demo: env['FLINT_CONSOLE_DEMO'] === '1',
    validateOutputs: env['FLINT_CONSOLE_VALIDATE'] === '1',
  }
}
