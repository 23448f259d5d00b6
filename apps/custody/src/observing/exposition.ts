/** The text form of Prometheus, version 0.0.4, as far as counters and gauges need it: written, and read back what was written. */

export type MetricType = 'counter' | 'gauge'

/** Series of one name: values by their labels, as written between the braces. */
export interface MetricFamily {
  readonly help: string
  readonly type: MetricType
  readonly series: Map<string, number>
}

/** A file of metrics: families by name, and what is of others, line by line. */
export interface Exposition {
  readonly families: Map<string, MetricFamily>
  readonly foreign: readonly string[]
}

/** What is known of the families a reader keeps. */
export type FamilyFacts = Readonly<Record<string, { readonly help: string; readonly type: MetricType }>>

/** Labels as they are written; those without a value are left out, which is the same to Prometheus. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

export function formatExposition({ families, foreign }: Exposition): string {
  const own = [...families].flatMap(([name, { help, type, series }]) => [
    `# HELP ${name} ${help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'))}`,
    `# TYPE ${name} ${type}`,
    ...[...series].map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`),
  ])
  return [...own, ...foreign].map((line) => `${line}\n`).join('')
}

const sample =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*",?)*)\})? +(\S+)(?: +-?\d+)?$/
const comment = /^#(?: +(?:HELP|TYPE) +([a-zA-Z_:][a-zA-Z0-9_:]*)(?: .*)?|.*)$/
const number = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Inf|NaN)$/

/** Reads such a file. Null for what is none. */
export function parseExposition(text: string, known: FamilyFacts): Exposition | null {
  const families = new Map<string, MetricFamily>()
  const foreign: string[] = []
  if (text !== '' && !text.endsWith('\n')) return null
  for (const line of text.split('\n').slice(0, -1)) {
    const [, name, labels = '', value = ''] = sample.exec(line) ?? []
    const [isComment, described] = comment.exec(line) ?? []
    if (name !== undefined && number.test(value)) {
      if (Object.hasOwn(known, name))
        familyOf(families, name, known).series.set(labels, Number(value.replace('Inf', 'Infinity')))
      else foreign.push(line)
    } else if (isComment !== undefined || line === '') {
      if (described === undefined || !Object.hasOwn(known, described)) foreign.push(line)
    } else return null
  }
  return { families, foreign }
}

/** The family of a name that is known, made where it is not there. */
export function familyOf(families: Map<string, MetricFamily>, name: string, known: FamilyFacts): MetricFamily {
  const found = families.get(name)
  if (found) return found
  const facts = known[name]
  if (facts === undefined) throw new Error(`no metric is called ${name}`)
  const made = { ...facts, series: new Map<string, number>() }
  families.set(name, made)
  return made
}
