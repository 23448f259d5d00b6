/** A statement of a declaration file. */
export interface Statement {
  /** As it stands, without comments. */
  readonly text: string
  /** What it declares; null for imports and lists of exports. */
  readonly name: string | null
  readonly exported: boolean
  /** Whether a documentation comment stands right before it. */
  readonly documented: boolean
}

/** A name that a module takes from, or gives out of, another one. */
export interface Link {
  /** What it is called here. */
  readonly name: string
  /** What it is called there. */
  readonly original: string
  /** `./batch.ts`; null where a list of exports names what is declared in the same file. */
  readonly from: string | null
}

const declares =
  /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|const|let|function|enum|namespace)\s+([\w$]+)/

/** The statements of a `.d.ts` as the compiler writes it. Documentation within a statement is left out. */
export function statementsOf(text: string): readonly Statement[] {
  const statements: Statement[] = []
  let code = ''
  let documented = false
  let depth = 0
  for (const [token] of text.matchAll(tokens)) {
    if (token.startsWith('/*') || token.startsWith('//')) {
      if (code.trim() === '') documented = token.startsWith('/**')
      continue
    }
    code += token
    if ('{(['.includes(token)) depth += 1
    if ('})]'.includes(token)) depth -= 1
    const ends =
      depth === 0 &&
      (token === ';' ||
        (token === '}' && /^(export )?(declare )?(abstract )?(interface|class|namespace|enum)\b/.test(code.trim())))
    if (!ends) continue
    statements.push(statement(code, documented))
    code = ''
    documented = false
  }
  return statements
}

// Comments and strings count as one; so does whatever has no meaning here.
const tokens =
  /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[^/'"`{}()[\];]+|[\s\S]/g

function statement(code: string, documented: boolean): Statement {
  // The compiler indents by four.
  const text = code
    .trim()
    .replace(/^\s*\n/gm, '')
    .replace(/^ +/gm, (indent) => indent.slice(indent.length / 2))
  return { text, name: declares.exec(text)?.[1] ?? null, exported: text.startsWith('export '), documented }
}

/** What a statement imports or passes on by name: `import { a } from`, `export { type B, c as d } from`, `export { e }`. */
export function linksOf({ text }: Statement): readonly Link[] {
  const [, names, from = null] = /^(?:import|export)(?: type)? \{([^}]*)\}(?: from '([^']+)')?;$/.exec(text) ?? []
  return (names ?? '')
    .split(',')
    .map((part) => part.trim().replace(/^type /, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [original = part, name = original] = part.split(/\s+as\s+/)
      return { name, original, from }
    })
}
