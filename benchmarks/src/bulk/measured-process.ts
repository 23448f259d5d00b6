import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from '../timing.ts'

/** What one run of a process took. */
export interface Usage {
  readonly wallSeconds: number
  /** Of all its threads, user and system together. */
  readonly cpuSeconds: number
  /** The most memory it held at a time. */
  readonly peakMegabytes: number
}

export interface Contender {
  readonly name: string
  readonly command: readonly string[]
  /** Makes room for it: what the last run has written goes. */
  readonly before?: () => void
  /** Bytes that it wrote, once it has run. */
  readonly bytes?: () => number
}

/** Runs a command to its end by GNU time, which tells what it took. */
export function measured(command: readonly string[]): Usage {
  const folder = mkdtempSync(join(tmpdir(), 'custody-bench-'))
  const told = join(folder, 'usage')
  try {
    execFileSync('/usr/bin/time', ['-f', '%e %U %S %M', '-o', told, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [wall = 0, user = 0, system = 0, kilobytes = 0] = (readFileSync(told, 'utf8').trim().split('\n').at(-1) ?? '')
      .split(' ')
      .map(Number)
    return { wallSeconds: wall, cpuSeconds: user + system, peakMegabytes: kilobytes / 1024 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface Measurement extends Usage {
  readonly name: string
  readonly bytes: number | null
}

/** Medians of runs that are interleaved, so that what slows the machine slows all of them. */
export function compareProcesses(contenders: readonly Contender[], rounds: number): readonly Measurement[] {
  const usages = new Map<string, Usage[]>(contenders.map(({ name }) => [name, []]))
  const sizes = new Map<string, number>()
  for (let round = 0; round < rounds; round++) {
    for (const { name, command, before, bytes } of contenders) {
      before?.()
      usages.get(name)?.push(measured(command))
      if (bytes) sizes.set(name, bytes())
    }
  }
  return contenders.map(({ name }) => {
    const all = usages.get(name) ?? []
    const middle = (pick: (usage: Usage) => number): number => median(all.map(pick))
    return {
      name,
      wallSeconds: middle(({ wallSeconds }) => wallSeconds),
      cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
      peakMegabytes: middle(({ peakMegabytes }) => peakMegabytes),
      bytes: sizes.get(name) ?? null,
    }
  })
}

/** The command line of a program beside this one, from source. */
export function program(file: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, '--conditions=@custody/source', join(import.meta.dirname, file), ...args]
}
