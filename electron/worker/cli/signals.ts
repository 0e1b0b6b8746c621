// Ctrl-C and the system's request to end.

/** Resolves when the process is asked to end. A second request ends it at once. */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    const asked = (): void => {
      if (isAsked) process.exit(1)
      isAsked = true
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, asked)
  })
}
