/** One series of an exposition, as Prometheus takes it in. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Scraped {
  readonly types: Readonly<Record<string, string>>
  readonly samples: readonly Sample[]
  /** The value of the one series of a name that has these labels, and maybe others. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

/**
 * Reads the text exposition format 0.0.4 character by character, and is strict where Prometheus or its linter is: a line for help and
 * type before the first sample, all samples of a name together, no series twice, counters that are called `_total` and are not negative.
 */
export function scrape(text: string): Scraped {
  const types: Record<string, string> = {}
  const helps = new Set<string>()
  const samples: Sample[] = []
  const seen = new Set<string>()
  const closed = new Set<string>()
  let family = ''
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.split('\n').slice(0, -1)) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`)
    }
    const enter = (name: string): void => {
      if (name === family) return
      closed.add(family)
      family = name
      if (closed.has(name)) fail('its family stands in two places')
    }
    if (line.startsWith('#')) {
      const [, keyword = '', name = '', rest = ''] =
        line.match(/^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/) ?? fail('no help, no type')
      enter(name)
      if (keyword === 'HELP') {
        if (helps.has(name) || /\\[^\\n]/.test(rest)) fail('help twice, or badly escaped')
        helps.add(name)
      } else {
        if (Object.hasOwn(types, name) || !['counter', 'gauge'].includes(rest)) fail('type twice, or unknown')
        types[name] = rest
      }
      continue
    }
    const sample = readSample(line, fail)
    enter(sample.name)
    if (!helps.has(sample.name) || !Object.hasOwn(types, sample.name)) fail('neither help nor type')
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
    if (seen.has(key)) fail('the same series twice')
    seen.add(key)
    if (types[sample.name] === 'counter' && !(sample.name.endsWith('_total') && sample.value >= 0)) fail('no counter')
    if (types[sample.name] === 'gauge' && sample.name.endsWith('_total')) fail('a gauge called a total')
    samples.push(sample)
  }
  return {
    types,
    samples,
    value(name, labels = {}) {
      const found = samples.filter(
        (sample) =>
          sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )
      if (found.length > 1) throw new Error(`${found.length} series of ${name} have ${JSON.stringify(labels)}`)
      return found[0]?.value
    },
  }
}

function readSample(line: string, fail: (why: string) => never): Sample {
  const [name = ''] = line.match(/^[a-zA-Z_:][a-zA-Z0-9_:]*/) ?? fail('no name')
  let at = name.length
  const labels: Record<string, string> = {}
  if (line[at] === '{') {
    at += 1
    while (line[at] !== '}') {
      const [opening = '', label = ''] = line.slice(at).match(/^([a-zA-Z_][a-zA-Z0-9_]*)="/) ?? fail('no label')
      if (Object.hasOwn(labels, label)) fail('a label twice')
      at += opening.length
      let value = ''
      for (; line[at] !== '"'; at++) {
        if (at >= line.length) fail('a value without an end')
        if (line[at] !== '\\') value += line[at]
        else value += { '\\': '\\', '"': '"', n: '\n' }[line[++at] ?? ''] ?? fail('an unknown escape')
      }
      labels[label] = value
      at += 1
      if (line[at] === ',') at += 1
      else if (line[at] !== '}') fail('no end of labels')
    }
    at += 1
  }
  const value = line.slice(at)
  if (!/^ [+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf|NaN)$/.test(value)) fail('no value')
  return { name, labels, value: Number(value) }
}
