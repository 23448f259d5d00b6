import type { Register } from '../outside.ts'

/** Registers tests, runs them, and gives the names of those that failed. */
export async function brokenRules(register: (test: Register) => void): Promise<string[]> {
  const rules: { readonly name: string; readonly run: () => Promise<void> }[] = []
  register((name, run) => rules.push({ name, run }))
  const broken: string[] = []
  for (const { name, run } of rules) {
    try {
      await run()
    } catch {
      broken.push(name)
    }
  }
  return broken
}
