import {
  type Answers,
  addressProblem,
  aliasFor,
  aliasProblem,
  defaults,
  type Flow,
  needsUsername,
  type redactions,
  tidyAddress,
  usernameProblem,
} from './answers.ts'
import type { Prompts } from './prompts.ts'
import type { KnownOrg } from './salesforce-cli.ts'

/** Asks for what is not given yet. Five questions; one more where a user has to be named. */
export async function askFor(
  given: Partial<Answers>,
  prompts: Prompts,
  knownOrgs: () => Promise<readonly KnownOrg[]>,
): Promise<Answers> {
  const org = given.loginUrl === undefined ? await askForAddress(prompts, knownOrgs) : null
  const loginUrl = given.loginUrl ?? org?.loginUrl ?? ''
  const alias =
    given.alias ??
    (await prompts.text({
      message: 'What shall the org be called here? Archives are named by it, for good.',
      initial: org?.alias ?? aliasFor(loginUrl),
      problem: aliasProblem,
    }))
  const flow =
    given.flow ??
    (await prompts.choose({ message: 'How does Custody sign in?', options: flowOptions, initial: defaults.flow }))
  const username = needsUsername(flow) ? (given.username ?? (await askForUsername(prompts))) : null
  const redaction =
    given.redaction ??
    (await prompts.choose({
      message: 'What becomes of personal data in texts?',
      options: redactionOptions,
      initial: defaults.redaction,
    }))
  const seal =
    given.seal ??
    (await prompts.confirm({
      message: 'Shall archives bear a seal, so that anybody can prove later on that nothing was changed?',
      initial: defaults.seal,
    }))
  return { alias, loginUrl, flow, username, redaction, seal }
}

const other = 'other'

async function askForAddress(prompts: Prompts, knownOrgs: () => Promise<readonly KnownOrg[]>): Promise<KnownOrg> {
  const known = await knownOrgs()
  const options = known.map(({ alias, loginUrl }) => ({ value: loginUrl, label: alias, hint: loginUrl }))
  if (options.length > 0) {
    const chosen = await prompts.choose({
      message: 'Which org? These are known to the Salesforce CLI; only the address is taken.',
      options: [...options, { value: other, label: 'another one' }],
      initial: options[0]?.value ?? other,
    })
    const org = known.find(({ loginUrl }) => loginUrl === chosen)
    if (org) return org
  }
  const typed = await prompts.text({
    message: 'The My Domain address of the org (Setup > My Domain)?',
    example: 'https://acme.my.salesforce.com',
    problem: (answer) => addressProblem(tidyAddress(answer)),
  })
  const loginUrl = tidyAddress(typed)
  return { loginUrl, alias: aliasFor(loginUrl) }
}

async function askForUsername(prompts: Prompts): Promise<string> {
  const typed = await prompts.text({
    message: 'The Salesforce user name of the execution user?',
    example: 'archive@acme.example',
    problem: (answer) => usernameProblem(answer.trim()),
  })
  return typed.trim()
}

const flowOptions: readonly { readonly value: Flow; readonly label: string; readonly hint: string }[] = [
  {
    value: 'client-credentials',
    label: 'Client credentials',
    hint: 'an External Client App with a Run As user; the usual way',
  },
  { value: 'jwt-bearer', label: 'JWT bearer', hint: 'a private key instead of a shared secret' },
  { value: 'refresh-token', label: 'Refresh token', hint: 'a person signed in elsewhere' },
  { value: 'password', label: 'User name and password', hint: 'for orgs that have nothing else' },
]

const redactionOptions: readonly {
  readonly value: (typeof redactions)[number]
  readonly label: string
  readonly hint: string
}[] = [
  { value: 'default', label: 'Replace it', hint: 'by the built-in policy' },
  { value: 'none', label: 'Keep all as received', hint: 'personal data is in the archives' },
]
