/** One import or re-export of a module. */
export interface Import {
  /** `./batch.ts`, `node:fs`, `@custody/pipeline`, `undici` */
  readonly from: string
  /** Whether the whole statement is erased with the types, and so loads nothing. */
  readonly typeOnly: boolean
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\bfrom\s*)?['"]([^'"\n]+)['"]/gm
const dynamic = /\bimport\(\s*['"]([^'"\n]+)['"]/g

/** What a module imports, by the form of its statements: enough for code that the formatter has laid out. */
export function importsOf(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [
    ...code.matchAll(statement).map(([, type, from = '']) => ({ from, typeOnly: type !== undefined })),
    ...code.matchAll(dynamic).map(([, from = '']) => ({ from, typeOnly: false })),
  ]
}

/** The package an import names: `@custody/pipeline`, `undici`; null for a file, a built-in, or something generated. */
export function packageOf(from: string): string | null {
  if (/^(\.|\/|node:)/.test(from)) return null
  return from.split('/', from.startsWith('@') ? 2 : 1).join('/')
}

/** The first way round in a graph, as the names along it; null where there is none. */
export function cycleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const safe = new Set<string>()
  const walk = (name: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (safe.has(name)) return null
    for (const next of graph.get(name) ?? []) {
      const cycle = walk(next, [...path, name])
      if (cycle) return cycle
    }
    safe.add(name)
    return null
  }
  for (const name of graph.keys()) {
    const cycle = walk(name, [])
    if (cycle) return cycle
  }
  return null
}
