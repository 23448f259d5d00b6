import { inlineCaseFlag } from './assumptions.ts'
import { compileRules } from './custom-patterns.ts'
import type { PatternRule } from './pattern-rule.ts'
import type { Policy } from './policy.ts'
import type { Operator } from './replacement.ts'

/** A `LiveChatSensitiveDataRule`, as SOQL gives it. */
export interface SensitiveDataRule {
  readonly DeveloperName: string
  /** A regular expression. */
  readonly Pattern: string
  /** `Remove` or `Replace`, in either case. */
  readonly ActionType: string
  readonly IsEnabled: boolean
  readonly Priority?: number | null
}

/** The fields to ask for. */
export const sensitiveDataRuleFields = ['DeveloperName', 'Pattern', 'ActionType', 'IsEnabled', 'Priority'] as const

/** The rules of an org's own, as the package could take them over; `refused` says which it could not, and why. */
export interface SensitiveDataRules {
  readonly patterns: readonly PatternRule[]
  /** `drop` for rules that remove, `label` for rules that replace. */
  readonly types: Readonly<Record<string, Operator>>
  /** Rules that are switched off in the org, by name. */
  readonly disabled: readonly string[]
  /** Rules that cannot be searched in linear time, or are broken: what they would find is not found. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * Reads the org's rules for sensitive data, which mask chats while they are written, as patterns of a policy. They apply to
 * all roles here, whomever the org enforces them on, and write a label in the place of the org's own replacement.
 */
export function readSensitiveDataRules(records: readonly SensitiveDataRule[]): SensitiveDataRules {
  const patterns: PatternRule[] = []
  const types: Record<string, Operator> = {}
  const disabled: string[] = []
  const refused: { name: string; reason: string }[] = []
  for (const { DeveloperName, Pattern, ActionType, IsEnabled } of records.toSorted(byPriority)) {
    if (!IsEnabled) {
      disabled.push(DeveloperName)
      continue
    }
    const type = typeOf(DeveloperName, types)
    const rule: PatternRule = {
      name: `rule-${type.slice(prefix.length).toLowerCase().replaceAll('_', '-')}`,
      type,
      match: Pattern.replace(inlineCaseFlag, ''),
      ...(inlineCaseFlag.test(Pattern) && { flags: 'i' }),
    }
    const [problem] = compileRules([rule]).problems
    if (problem) {
      refused.push({ name: DeveloperName, reason: problem.message })
      continue
    }
    patterns.push(rule)
    types[type] = ActionType.toLowerCase() === 'remove' ? 'drop' : 'label'
  }
  return { patterns, types, disabled, refused }
}

/** A policy that looks for what the org's rules look for, too. What the policy says of a type goes before. */
export function withSensitiveDataRules(policy: Policy, { patterns, types }: SensitiveDataRules): Policy {
  const taken = new Set(policy.patterns.map(({ name }) => name))
  const added = patterns.filter(({ name }) => !taken.has(name))
  return { ...policy, patterns: [...policy.patterns, ...added], types: { ...types, ...policy.types } }
}

const prefix = 'RULE_'
const longestType = 32

function typeOf(name: string, taken: Readonly<Record<string, Operator>>): string {
  const words = name
    .normalize('NFKD')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
  const base = `${prefix}${words}`.slice(0, longestType).replace(/_+$/, '')
  for (let n = 1; ; n++) {
    const ending = n === 1 ? '' : `_${n}`
    const type = base.slice(0, longestType - ending.length) + ending
    if (!Object.hasOwn(taken, type)) return type
  }
}

function byPriority(a: SensitiveDataRule, b: SensitiveDataRule): number {
  const [first, second] = [a.Priority ?? Infinity, b.Priority ?? Infinity]
  if (first !== second) return first < second ? -1 : 1
  return a.DeveloperName < b.DeveloperName ? -1 : 1
}
