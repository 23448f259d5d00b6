/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export interface Timed {
  readonly name: string
  run(): void | Promise<void>
}

const warmUpMs = 400

/** Milliseconds that this thread has computed: on a busy machine, time that others took does not count. */
export function computedMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/**
 * Milliseconds of each run, by name. The runs of all are interleaved, so that what slows the machine slows all of them; each is
 * warmed up before, until it is compiled, and run as often as it needs to be long enough for the clock.
 */
export async function timeInterleaved(
  all: readonly Timed[],
  { rounds, atLeastMs }: { readonly rounds: number; readonly atLeastMs: number },
): Promise<ReadonlyMap<string, readonly number[]>> {
  const repeats = new Map<string, number>()
  for (const each of all) {
    let last = await timed(each, 1)
    for (let spent = last; spent < warmUpMs; spent += last + 1) last = await timed(each, 1)
    repeats.set(each.name, Math.max(1, Math.ceil(atLeastMs / Math.max(last, 0.01))))
  }
  const results = new Map<string, number[]>(all.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const each of all) results.get(each.name)?.push(await timed(each, repeats.get(each.name) ?? 1))
  }
  return results
}

async function timed(each: Timed, repeats: number): Promise<number> {
  const startedAt = computedMs()
  for (let repeat = 0; repeat < repeats; repeat++) await each.run()
  return (computedMs() - startedAt) / repeats
}
