import { posix } from 'node:path'
import { type Link, linksOf, type Statement, statementsOf } from './declarations.ts'

/** A name that users of a package can see, with everything that is said of it. */
export interface Exported {
  readonly name: string
  /** Its declaration; several for overloads. */
  readonly text: string
  readonly documented: boolean
}

/** What a package shows to its users. */
export interface Surface {
  /** By name. */
  readonly exports: readonly Exported[]
  /** Declarations of the package that the exported ones speak of without their being exported. */
  readonly reached: readonly Exported[]
}

interface Module {
  readonly statements: readonly Statement[]
  readonly links: readonly Link[]
}

interface Found {
  /** The file that declares it. */
  readonly path: string
  readonly name: string
}

/**
 * @param entry - the path of the `index.d.ts`
 * @param read - the text of a declaration file of the package
 */
export function surfaceOf(entry: string, read: (path: string) => string): Surface {
  const modules = new Map<string, Module>()
  const moduleAt = (path: string): Module => {
    const known = modules.get(path)
    if (known) return known
    const statements = statementsOf(read(path))
    const module = { statements, links: statements.flatMap(linksOf) }
    modules.set(path, module)
    return module
  }
  /** Where a name that a file knows is declared; null if that is no file of the package. */
  const find = (path: string, name: string): Found | null => {
    const { statements, links } = moduleAt(path)
    if (statements.some((statement) => statement.name === name)) return { path, name }
    const link = links.find((other) => other.name === name && other.from?.startsWith('.'))
    return link?.from ? find(declarationPath(path, link.from), link.original) : null
  }
  const describe = ({ path, name }: Found, shownAs = name): Exported => {
    const own = moduleAt(path).statements.filter((statement) => statement.name === name)
    return {
      name: shownAs,
      text: own.map(({ text }) => text.replace(/^export (declare )?|^declare /, '')).join('\n'),
      documented: own.some(({ documented }) => documented),
    }
  }

  const given = moduleAt(entry).links.map(({ name }) => {
    const found = find(entry, name)
    if (!found) throw new Error(`${entry} exports ${name}, which nothing declares`)
    return { name, found }
  })
  const seen = new Set(given.map(({ found }) => key(found)))
  const reached: Found[] = []
  const queue = given.map(({ found }) => found)
  for (const { path, name } of queue) {
    const words = new Set(describe({ path, name }).text.match(/[A-Za-z_$][\w$]*/g))
    for (const word of words) {
      const found = find(path, word)
      if (!found || seen.has(key(found))) continue
      seen.add(key(found))
      reached.push(found)
      queue.push(found)
    }
  }
  return {
    exports: given.map(({ name, found }) => describe(found, name)).sort(byName),
    reached: reached.map((found) => describe(found)).sort(byName),
  }
}

function declarationPath(path: string, from: string): string {
  return posix.join(posix.dirname(path), from.replace(/\.(ts|js)$/, '.d.ts'))
}

function key({ path, name }: Found): string {
  return `${path}\0${name}`
}

function byName(a: Exported, b: Exported): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
