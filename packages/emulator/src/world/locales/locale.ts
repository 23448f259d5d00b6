import type { Phrases } from '../phrases/phrases.ts'

/** Everything that depends on where a customer lives. Names stand as `native|latin` where the script differs. */
export interface Locale {
  /** `de_DE` */
  readonly tag: string
  readonly country: string
  readonly countryName: string
  readonly phrases: Phrases
  readonly familyNameFirst: boolean
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
  readonly phone: PhonePlan
  readonly streets: readonly string[]
  readonly cities: readonly { readonly name: string; readonly postalCode: string }[]
  /** `{street} {number} {postalCode} {city}` in the country's order. */
  readonly address: string
  readonly iban: { readonly country: string; readonly bank: string; readonly digits: number }
  readonly currency: string
}

/** How a country numbers its phones. `drama` ranges are set aside for fiction by the regulator. */
export interface PhonePlan {
  readonly countryCode: string
  readonly trunk: string
  readonly drama: readonly { readonly prefix: string; readonly digits: number }[]
  /** Used once the fictional ranges are full: valid by format alone. */
  readonly plain: { readonly prefix: string; readonly digits: number }
  /** Sizes of the groups the number is written in. */
  readonly groups: readonly number[]
  readonly separator: string
}
