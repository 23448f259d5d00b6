import { stringify } from 'yaml'
import type { Answers } from './answers.ts'

/** A secret that the written configuration names, and what it is. */
export interface NamedVariable {
  readonly name: string
  readonly what: string
}

/** Pure. The configuration, commented; every comment of the form `# key: value` may be used as it stands. */
export function configText(answers: Answers): string {
  const { alias, loginUrl, redaction, seal } = answers
  const quoted = (text: string): string => stringify(text).trimEnd()
  return `# Configuration of Custody. Check it with: custody config check
# Secrets never stand here. They come from the environment, { env: NAME }, or from files, { file: PATH }.
version: 1

orgs:
  # The name of the org in commands, file names and seals. Keep it: archives are found by it.
  ${quoted(alias)}:
    # The My Domain address (Setup > My Domain), not the Lightning one.
    loginUrl: ${quoted(loginUrl)}
    # The API gateway, where sign-in does not name it:
    # apiUrl: https://api.salesforce.com
    auth:
${authText(answers)}
    # Salts, pseudonyms and the ledger derive from it: openssl rand -hex 32
    # Keep a copy in a safe place: with another one, nothing old can be compared with anything new.
    archiveSecret: { env: ${variable(alias, 'ARCHIVE_SECRET')} }
    # Where the org has Data 360, it bears witness that archives are complete: custody archive --witness data360
    # data360: { api: v3, dataspace: default }
    # What Custody keeps to, below what Salesforce allows:
    # limits: { entriesPerMinute: 85, connectPerHour: 900, activeConversations: 2500 }

archive:
  directory: ./archives
  # The master is written always; these are written besides. With html, transcripts that are read in a browser.
  formats: [jsonl, csv]
${redactionText(redaction)}
  # Whether an archive passes whose messages of bots and events rest on one source alone:
  # allowCounted: true

# What is remembered between runs. Not in a folder that others can read, and not on a network drive.
state:
  directory: ./.custody
${seal ? sealText : '\n# Without seal, nobody can prove later on that an archive is unchanged: see custody keys init --help\n'}`
}

function authText({ flow, alias, username }: Answers): string {
  const env = (name: string): string => `{ env: ${variable(alias, name)} }`
  const user = `username: ${stringify(username ?? '').trimEnd()}`
  const lines = {
    'client-credentials': [`clientSecret: ${env('CLIENT_SECRET')}`],
    'jwt-bearer': [user, `privateKey: { file: ./.custody/${alias}-jwt.pem }`],
    'refresh-token': [
      `clientSecret: ${env('CLIENT_SECRET')}`,
      `refreshToken: { file: ./.custody/${alias}-refresh-token }`,
    ],
    password: [
      `clientSecret: ${env('CLIENT_SECRET')}`,
      user,
      `password: ${env('PASSWORD')}`,
      `securityToken: ${env('SECURITY_TOKEN')}`,
    ],
  }[flow]
  return [
    `      flow: ${flow}`,
    '      # Each execution user has limits of its own: more of them read faster.',
    '      users:',
    '        - name: archive-1',
    ...[`clientId: ${env('CLIENT_ID')}`, ...lines].map((line) => `          ${line}`),
  ].join('\n')
}

function redactionText(redaction: Answers['redaction']): string {
  if (redaction === 'none') {
    return '  # Texts are kept as received: personal data is in the archives. The built-in policy would replace it:\n  # redaction: default'
  }
  return '  # Personal data is replaced, by the built-in policy; or name a file with a policy of your own.\n  redaction: default'
}

const sealText = `
# Archives bear a seal: whoever has the public key can prove that nothing was changed.
seal:
  keys: ./.custody/keys
  passphrase: { env: SEAL_PASSPHRASE }
  # An authority can confirm when each seal was made; only a hash leaves the machine:
  # timestamp: { url: https://freetsa.org/tsr }
`

/** Pure. The variables that the written configuration reads. */
export function variablesOf({ alias, flow, seal }: Answers): readonly NamedVariable[] {
  const of = (name: string, what: string): NamedVariable => ({ name: variable(alias, name), what })
  const secret = of('CLIENT_SECRET', 'consumer secret of the app')
  return [
    of('CLIENT_ID', 'consumer key of the External Client App (Setup > External Client App Manager)'),
    ...(flow === 'jwt-bearer' ? [] : [secret]),
    ...(flow === 'password'
      ? [of('PASSWORD', 'password of the execution user'), of('SECURITY_TOKEN', 'its security token')]
      : []),
    of('ARCHIVE_SECRET', 'make it with: openssl rand -hex 32'),
    ...(seal ? [{ name: 'SEAL_PASSPHRASE', what: 'encrypts the private key of the seals; think of a long one' }] : []),
  ]
}

/** Pure. Names only. */
export function envExampleText(answers: Answers): string {
  const lines = variablesOf(answers).flatMap(({ name, what }) => [`# ${what}`, `${name}=`])
  return ['# Copy this file to .env, fill it in, and load it: set -a; . ./.env; set +a', ...lines, ''].join('\n')
}

/** A name that a shell takes: `ACME_TEST_CLIENT_ID`. */
function variable(alias: string, name: string): string {
  const prefix = alias.replaceAll('-', '_').toUpperCase()
  return `${/^[0-9]/.test(prefix) ? 'ORG_' : ''}${prefix}_${name}`
}
