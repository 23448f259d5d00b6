import { usageError } from '@custody/pipeline'
import { type CompiledRules, compileRules, type PatternProblem } from './custom-patterns.ts'
import { lowEntropyTypes, personalDataTypes } from './personal-data-type.ts'
import type { Policy } from './policy.ts'
import type { Operator } from './replacement.ts'
import type { TextDetector } from './text-detector.ts'

/** A policy with its patterns compiled. */
export interface PreparedPolicy {
  readonly detectors: readonly TextDetector[]
  /** Types that its patterns add. */
  readonly customTypes: readonly string[]
  /** Types that are kept, and not searched. */
  readonly ignored: ReadonlySet<string>
  operatorOf(type: string): Operator
}

/** What is wrong with a policy, and where: a path of keys. */
export interface PolicyProblem {
  readonly code: 'POLICY_KEY' | 'POLICY_VALUE' | 'POLICY_PATTERN'
  readonly path: readonly string[]
  readonly message: string
}

const prepared = new WeakMap<Policy, PreparedPolicy>()

/**
 * Compiles a policy, once.
 *
 * @throws CustodyError `POLICY_KEY`, `POLICY_VALUE`, `POLICY_PATTERN` of kind usage.
 */
export function preparePolicy(policy: Policy): PreparedPolicy {
  const known = prepared.get(policy)
  if (known) return known
  const rules = compileRules(policy.patterns)
  const [problem] = problemsOf(policy, rules)
  if (problem) throw policyError(problem, '')
  const types: Readonly<Record<string, Operator>> = policy.types
  const made: PreparedPolicy = {
    detectors: rules.detectors,
    customTypes: [...new Set(policy.patterns.map(({ type }) => type))],
    ignored: new Set(Object.keys(types).filter((type) => types[type] === 'keep')),
    // A type that a policy made by hand does not name is not passed on.
    operatorOf: (type) => (Object.hasOwn(types, type) ? (types[type] as Operator) : 'label'),
  }
  prepared.set(policy, made)
  return made
}

/** All that is wrong with the meaning of a policy; its shape is right. */
export function policyProblems(policy: Policy): readonly PolicyProblem[] {
  return problemsOf(policy, compileRules(policy.patterns))
}

export function policyError({ code, path, message }: PolicyProblem, where: string): Error {
  const text = `the policy is wrong at ${path.join('.')}${where}: ${message}`
  if (code === 'POLICY_KEY') return usageError('POLICY_KEY', text)
  if (code === 'POLICY_VALUE') return usageError('POLICY_VALUE', text)
  return usageError('POLICY_PATTERN', text, 'The subset of regular expressions is described at parsePattern.')
}

function fromPattern({ index, field, message }: PatternProblem): PolicyProblem {
  return { code: 'POLICY_PATTERN', path: ['patterns', String(index), field], message }
}

function problemsOf(policy: Policy, { problems, values }: CompiledRules): PolicyProblem[] {
  return [...problems.map(fromPattern), ...typeProblems(policy, problems.length === 0 ? values : new Map())]
}

function typeProblems(policy: Policy, values: ReadonlyMap<string, number>): PolicyProblem[] {
  const builtIn: ReadonlySet<string> = new Set(personalDataTypes)
  const custom = new Set(policy.patterns.map(({ type }) => type))
  return Object.entries(policy.types).flatMap(([type, operator]): PolicyProblem[] => {
    const path = ['types', type]
    if (!builtIn.has(type) && !custom.has(type)) {
      return [{ code: 'POLICY_KEY', path, message: 'is no type, built-in or of the patterns' }]
    }
    if (operator !== 'pseudonym') return []
    const few = lowEntropyTypes.has(type) || (values.get(type) ?? Infinity) < minimumValues
    if (!few) return []
    const message = `${type} has so few values that a pseudonym could be guessed: use label, mask or drop`
    return [{ code: 'POLICY_VALUE', path, message }]
  })
}

/** Fewer different values are tried out within seconds by whoever gets hold of the key. */
const minimumValues = 1_000_000
