// The memory of a process and all that it started, as the kernel accounts it: pages that several share are divided among them.
import { readdirSync, readFileSync } from 'node:fs'

function childrenOf(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const own = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child)
  return [pid, ...own.flatMap((child) => childrenOf(child, parents))]
}

function parents(): Map<number, number> {
  const found = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      found.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It ended while the list was read.
    }
  }
  return found
}

/** Proportional set size of the whole tree, in MiB. */
export function treeMemoryMiB(pid: number): number {
  let kiB = 0
  for (const process of childrenOf(pid, parents())) {
    try {
      kiB += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${process}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // It ended meanwhile.
    }
  }
  return kiB / 1_024
}
