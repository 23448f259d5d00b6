import type { Content } from '@custody/model'
import type { FieldRule, Policy } from './policy.ts'

/** The rules that still can apply below a place of a value: those that name it exactly first. */
export type PathRules = readonly PathNode[]

interface PathNode {
  rule?: FieldRule
  readonly below: Map<string, PathNode>
}

const anything = '*'
export const noRules: PathRules = []

/** The rules of a policy by path, as `payload.entries.*.email`. The first of two for one path holds. */
export function pathRules(paths: Iterable<readonly [path: string, rule: FieldRule]>): PathRules {
  const root: PathNode = { below: new Map() }
  for (const [path, rule] of paths) {
    let node = root
    for (const segment of path.split('.')) {
      let next = node.below.get(segment)
      if (!next) {
        next = { below: new Map() }
        node.below.set(segment, next)
      }
      node = next
    }
    node.rule ??= rule
  }
  return root.below.size === 0 ? noRules : [root]
}

/** The rules at a key or position. */
export function rulesBelow(rules: PathRules, segment: string): PathRules {
  if (rules.length === 0) return noRules
  const nodes: PathNode[] = []
  for (const key of [segment, anything]) {
    for (const { below } of rules) {
      const node = below.get(key)
      if (node && !nodes.includes(node)) nodes.push(node)
    }
  }
  return nodes
}

/** The rule for a place itself. */
export function ruleAt(rules: PathRules): FieldRule | undefined {
  return rules.find(({ rule }) => rule !== undefined)?.rule
}

/** Whether some rule names a place inside. */
export function hasRulesBelow(rules: PathRules): boolean {
  return rules.some(({ below }) => below.size > 0)
}

/** The rules of a policy for one kind of value; {@link contentRules} know which parts are names of files, options, links. */
export interface FieldRules {
  readonly all: PathRules
  content(type: Content['type'] | undefined): PathRules
}

const optionPaths = ['options.*', 'selected.*', 'items.*.options.*', 'fields.*.options.*'].flatMap((path) => [
  `content.${path}.title`,
  `content.${path}.subtitle`,
])
const linkPaths = ['title', 'url', 'links.*.title', 'links.*.url', 'image.name', 'image.url'].map(
  (path) => `content.${path}`,
)
// Forms have titles too.
const linkTypes: ReadonlySet<string> = new Set(['rich-link', 'links', 'web-view'])

export function fieldRules({ paths, fields }: Policy): FieldRules {
  const own = Object.entries(paths)
  const named = (path: string): readonly [string, FieldRule] => [path, fields.fileName]
  const parts = [
    ...(fields.fileName === 'redact' ? [] : [named('content.attachments.*.name')]),
    ...(fields.option === 'redact' ? [] : optionPaths.map((path) => [path, fields.option] as const)),
  ]
  const links = fields.link === 'redact' ? [] : linkPaths.map((path) => [path, fields.link] as const)
  const all = pathRules(own)
  const withParts = pathRules([...own, ...parts])
  const withLinks = pathRules([...own, ...parts, ...links])
  return { all, content: (type) => (type !== undefined && linkTypes.has(type) ? withLinks : withParts) }
}
