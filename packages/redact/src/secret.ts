import type { Span } from './personal-data-type.ts'

interface SecretRule {
  readonly name: string
  /** Matched where a word begins. */
  readonly form: RegExp
}

/** Keys and tokens by the prefixes that their makers give them, so that scanners find them. */
const rules: readonly SecretRule[] = [
  // Salesforce session id: organisation id, `!`, token.
  { name: 'salesforce-session', form: /00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?!(?:AQ|[A-Za-z0-9])[A-Za-z0-9._]{18,400}/ },
  { name: 'aws-access-key', form: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/ },
  { name: 'github-token', form: /(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/ },
  { name: 'gitlab-token', form: /gl(?:pat|dt|rt|cbt|ptt|soat)-[\w-]{20,100}/ },
  { name: 'slack-token', form: /xox[abeoprs]-[A-Za-z0-9-]{10,250}/ },
  { name: 'stripe-key', form: /(?:(?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9]{10,250}/ },
  { name: 'google-api-key', form: /AIza[\w-]{35}(?![\w-])/ },
  { name: 'google-oauth-secret', form: /GOCSPX-[\w-]{28}(?![\w-])/ },
  { name: 'openai-key', form: /sk-(?:proj-|svcacct-|ant-[a-z0-9]{2,8}-)?[A-Za-z0-9_-]{32,300}/ },
  { name: 'npm-token', form: /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/ },
  { name: 'sendgrid-key', form: /SG\.[\w-]{16,32}\.[\w-]{16,64}/ },
  { name: 'twilio-key', form: /(?:AC|SK)[0-9a-f]{32}(?![A-Za-z0-9])/ },
  { name: 'hugging-face-token', form: /hf_[A-Za-z0-9]{30,60}/ },
  // RFC 7519: header and payload are JSON objects in base64url, which begin with `eyJ`.
  { name: 'json-web-token', form: /eyJ[\w-]{5,1000}\.eyJ[\w-]{5,8000}\.[\w-]{0,1000}/ },
  { name: 'private-key', form: /-----BEGIN (?:[A-Z]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/ },
]

const forms = rules.map(({ name, form }) => ({ name, form: new RegExp(form.source, 'y') }))

const anyForm = new RegExp(rules.map(({ form }) => `(?:${form.source})`).join('|'), 'y')

/** 1 for the characters that a form begins with; see the rules. */
const firsts = new Uint8Array(0x80)
for (const first of '0AGSeghnprswx-') firsts[first.charCodeAt(0)] = 1

/** The key or token that begins at `start`, or null. */
export function secretAt(text: string, start: number): Span | null {
  if (firsts[text.charCodeAt(start)] !== 1) return null
  anyForm.lastIndex = start
  if (!anyForm.test(text)) return null
  for (const { name, form } of forms) {
    form.lastIndex = start
    if (!form.test(text)) continue
    return secret(text, start, name === 'private-key' ? endOfPem(text, form.lastIndex) : form.lastIndex, name)
  }
  return null
}

const pemBody = /[A-Za-z0-9+/=\s:,]{0,20000}(?:-----END [A-Z ]{1,40}-----)?/y

/** Behind the footer, or where what could be key material ends. */
function endOfPem(text: string, from: number): number {
  pemBody.lastIndex = from
  pemBody.test(text)
  return pemBody.lastIndex
}

// `password is X`, `Passwort: X` and the like: what comes between the word and the value, and the value.
const announced =
  /[\p{L}]{0,6}(?:[ \t]{1,3}(?:is|was|are|lautet|ist|est|es|é|è|jest|to|is now|is still|=>)|[ \t]{0,3}[:=：]|[ \t]{0,2}-{1,2}>)[ \t]{1,3}|[\p{L}]{0,6}[ \t]{0,3}[:=：][ \t]{0,3}/iuy
const value = /["'“‘«`]([^\s"'”’»`]{3,128})["'”’»`]|(\S{4,128})/uy
// Words that say how a password fares, not what it is.
const ordinary = new Set(
  `not no now wrong incorrect invalid blocked locked expired working correct right good bad weak strong required needed
  forgotten lost missing changed reset unknown known different same still also only always never being used stolen
  compromised case sensitive asked here below above empty blank what this that these those there their your mine the
  accepted rejected refused denied failing failed broken valid fine okay saved stored sent hidden visible gone long short
  too very really already either both neither something anything nothing everything someone about after before because
  with without from have having been nicht kein falsch ungültig gesperrt abgelaufen richtig korrekt vergessen weg incorrecto incorrecta
  incorrecte invalide oublié bloqué errada errado inválida olvidé bloqueada bloqueado required. correct. wrong.`.split(
    /\s+/,
  ),
)

/**
 * The value behind a word for a password that ends at `end`. After `:` and `=` any value counts; after `is`, one that is no
 * ordinary word and ends its clause.
 */
export function passwordAfter(text: string, end: number): Span | null {
  announced.lastIndex = end
  const lead = announced.exec(text)?.[0]
  if (lead === undefined) return null
  value.lastIndex = end + lead.length
  const match = value.exec(text)
  if (!match) return null
  const quoted = match[1]
  const written = quoted ?? (match[2] as string).replace(/[.,;:!?)\]]+$/u, '')
  const start = end + lead.length + (quoted === undefined ? 0 : 1)
  if (written.length < 3 || written.startsWith('[')) return null
  if (quoted === undefined && !isPassword(text, start + written.length, written, /[:=：>]/.test(lead))) return null
  return secret(text, start, start + written.length, 'password')
}

function isPassword(text: string, end: number, written: string, isAssigned: boolean): boolean {
  if (ordinary.has(written.toLowerCase())) return false
  if (/[^\p{L}]/u.test(written.slice(1)) && /\p{L}/u.test(written) && !/^\p{L}+['’/-]\p{L}+$/u.test(written))
    return true
  if (/\p{Ll}\p{Lu}/u.test(written) || (/^\d{4,}$/.test(written) && isAssigned)) return true
  return /^\p{L}+$/u.test(written) && written.length >= 6 && /^[.,;!?]*\s*$/.test(text.slice(end, end + 4))
}

function secret(text: string, start: number, end: number, detector: string): Span {
  const score = detector === 'password' ? 0.7 : 1
  return { start, end, type: 'SECRET', detector, score, value: text.slice(start, end) }
}
