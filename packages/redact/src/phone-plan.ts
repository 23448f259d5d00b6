import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  Metadata,
  type NumberingPlan,
} from 'libphonenumber-js/min'
import { callingCodeLength } from './calling-code.ts'

/** How far a numbering plan backs a number: `valid` in a range that is given out, `possible` by its length. */
export type PlanVerdict = 'valid' | 'possible' | 'impossible'

/**
 * What is known of the national numbers of one country. Read from libphonenumber's metadata once and kept: its own parser
 * takes ten microseconds a number, which a text full of numbers cannot afford.
 */
interface Plan {
  readonly country: string
  readonly lengths: ReadonlySet<number>
  readonly pattern: RegExp
  /** What is dialled before national numbers at home. */
  readonly prefix: RegExp | null
}

const byCallingCode = new Map<string, Plan[]>()
const byCountry = new Map<string, Plan>()

/** Calling codes of no country (ITU-T E.164): free phone, satellites, networks. */
const nonGeographic = new Set(['800', '808', '870', '878', '881', '882', '883', '888', '979'])

/** Where more lengths are possible, as in Germany, nearly any number is valid. */
const tellingLengths = 2

/** A number in international form, without its `+`. */
export function verdictOfInternational(digits: string): PlanVerdict {
  const length = callingCodeLength(digits)
  const callingCode = digits.slice(0, length)
  if (nonGeographic.has(callingCode)) return digits.length >= 10 ? 'possible' : 'impossible'
  const plans = plansOf(callingCode)
  return plans.length === 0 ? 'impossible' : best(plans, digits.slice(length))
}

/** A number as it is dialled at home, in one of the countries. */
export function verdictOfNational(digits: string, countries: Iterable<string>): PlanVerdict {
  if (byCountry.size === 0) load()
  let verdict: PlanVerdict = 'impossible'
  for (const country of countries) {
    const plan = byCountry.get(country)
    const found = plan && plan.lengths.size <= tellingLengths ? best([plan], digits) : 'impossible'
    if (found === 'valid') return found
    if (found === 'possible') verdict = found
  }
  return verdict
}

function best(plans: readonly Plan[], digits: string): PlanVerdict {
  let verdict: PlanVerdict = 'impossible'
  for (const { lengths, pattern, prefix } of plans) {
    const significant = prefix ? digits.replace(prefix, '') : digits
    for (const candidate of significant === digits ? [digits] : [significant, digits]) {
      if (!lengths.has(candidate.length)) continue
      if (pattern.test(candidate)) return 'valid'
      verdict = 'possible'
    }
  }
  return verdict
}

function plansOf(callingCode: string): readonly Plan[] {
  if (byCallingCode.size === 0) load()
  return byCallingCode.get(callingCode) ?? []
}

/** The methods of a plan that the type declarations leave out. */
type FullPlan = NumberingPlan & { nationalNumberPattern(): string; nationalPrefixForParsing(): string | undefined }

function load(): void {
  const metadata = new Metadata()
  for (const country of getCountries()) {
    metadata.selectNumberingPlan(country as CountryCode)
    const full = metadata.numberingPlan as FullPlan
    const prefix = full.nationalPrefixForParsing()
    const plan: Plan = {
      country,
      lengths: new Set(full.possibleLengths()),
      pattern: new RegExp(`^(?:${full.nationalNumberPattern()})$`),
      prefix: prefix ? new RegExp(`^(?:${prefix})`) : null,
    }
    byCountry.set(country, plan)
    const code = getCountryCallingCode(country)
    const plans = byCallingCode.get(code)
    if (plans) plans.push(plan)
    else byCallingCode.set(code, [plan])
  }
}
