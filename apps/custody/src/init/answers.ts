import { type CustodyError, usageError } from '@custody/pipeline'
import { oneOf } from '../config/effective.ts'
import { parseConfig } from '../config/load.ts'
import { configText } from './config-text.ts'

/** How execution users can sign in, the usual way first. */
export const flows = ['client-credentials', 'jwt-bearer', 'refresh-token', 'password'] as const
export type Flow = (typeof flows)[number]

export const redactions = ['default', 'none'] as const

/** Everything that is asked. */
export interface Answers {
  readonly alias: string
  readonly loginUrl: string
  readonly flow: Flow
  /** The Salesforce user name, where the flow signs in as one; null otherwise. */
  readonly username: string | null
  readonly redaction: (typeof redactions)[number]
  readonly seal: boolean
}

/** What flags can answer, as typed. */
export interface AnswerFlags {
  readonly org?: string
  readonly loginUrl?: string
  readonly flow?: string
  readonly username?: string
  readonly redact?: string
  readonly seal?: boolean
}

/** The answers that flags give, each one checked. @throws CustodyError `ANSWER_INVALID`, `OPTION_UNKNOWN_VALUE` (usage) */
export function answersOf(flags: AnswerFlags): Partial<Answers> {
  const { org, loginUrl, flow, username, redact, seal } = flags
  return {
    ...(org !== undefined && { alias: checked('--org', org, aliasProblem) }),
    ...(loginUrl !== undefined && { loginUrl: checked('--login-url', tidyAddress(loginUrl), addressProblem) }),
    ...(flow !== undefined && { flow: oneOf(flow, flows, '--flow') }),
    ...(username !== undefined && { username: checked('--username', username.trim(), usernameProblem) }),
    ...(redact !== undefined && { redaction: oneOf(redact, redactions, '--redact') }),
    ...(seal !== undefined && { seal }),
  }
}

function checked(flag: string, value: string, problem: (value: string) => string | undefined): string {
  const found = problem(value)
  if (found === undefined) return value
  throw usageError('ANSWER_INVALID', `${flag}: ${found}`, 'See: custody init --help')
}

/** `acme.my.salesforce.com/home` as an address: https unless said otherwise, and nothing behind the host. */
export function tidyAddress(typed: string): string {
  const text = typed.trim()
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(address)) return text
  const { protocol, host, username, password } = new URL(address)
  // Credentials stay, so that they are refused rather than dropped without a word.
  return username === '' && password === '' ? `${protocol}//${host}` : address
}

/** What is wrong with an alias; undefined for nothing. The configuration itself is asked. */
export function aliasProblem(alias: string): string | undefined {
  return isValid({ alias })
    ? undefined
    : 'An alias has up to 40 letters, digits and hyphens, and begins with none of the latter.'
}

/** The same of an address. */
export function addressProblem(address: string): string | undefined {
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  if (/\.lightning\.force\.com$/.test(host)) {
    return `That is the Lightning address; the My Domain address is https://${host.replace(/\.lightning\.force\.com$/, '.my.salesforce.com')}`
  }
  if (isValid({ loginUrl: address })) return undefined
  return 'It must be an https: address without user and path, as https://acme.my.salesforce.com (Setup > My Domain).'
}

export function usernameProblem(username: string): string | undefined {
  return username.includes('@') && isValid({ flow: 'jwt-bearer', username })
    ? undefined
    : 'A Salesforce user name has the form of an e-mail address.'
}

const harmless: Answers = {
  alias: 'acme',
  loginUrl: 'https://acme.my.salesforce.com',
  flow: 'client-credentials',
  username: null,
  redaction: 'default',
  seal: true,
}

function isValid(part: Partial<Answers>): boolean {
  try {
    parseConfig(configText({ ...harmless, ...part }), 'custody.config.yaml')
    return true
  } catch {
    return false
  }
}

/** Whether the flow signs in as a user who has to be named. */
export function needsUsername(flow: Flow): boolean {
  return flow === 'jwt-bearer' || flow === 'password'
}

/** An alias for an org at an address: `acme-test` for `acme--test.sandbox.my.salesforce.com`. */
export function aliasFor(address: string): string {
  const [label = ''] = new URL(address).hostname.split('.')
  return toAlias(label) ?? harmless.alias
}

/** Whatever somebody calls an org, as an alias; null where nothing is left of it. */
export function toAlias(name: string): string | null {
  const alias = name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return alias === '' ? null : alias
}

/** What is taken where nothing is said, by `--yes` and as the first choice of a question. */
export const defaults = { flow: 'client-credentials', redaction: 'default', seal: true } as const

/**
 * Fills in what was left out.
 *
 * @throws CustodyError `ANSWERS_MISSING` (usage) for what has no default
 */
export function withDefaults(given: Partial<Answers>): Answers {
  const { loginUrl } = given
  const flow = given.flow ?? defaults.flow
  const username = given.username ?? null
  const missing = [
    ...(loginUrl === undefined ? ['--login-url'] : []),
    ...(needsUsername(flow) && username === null ? ['--username'] : []),
  ]
  if (loginUrl === undefined || missing.length > 0) throw answersMissing(missing)
  return { ...defaults, ...given, alias: given.alias ?? aliasFor(loginUrl), loginUrl, flow, username }
}

/** There is nobody to ask. */
export function answersMissing(flags: readonly string[]): CustodyError {
  return usageError(
    'ANSWERS_MISSING',
    `There is no terminal to ask on, and not all is answered: ${flags.join(', ')} ${flags.length === 1 ? 'is' : 'are'} missing.`,
    `Add ${flags.map((flag) => `${flag} …`).join(' ')}; --yes takes defaults for the others.`,
    'Example: custody init --yes --login-url https://acme.my.salesforce.com',
  )
}
