import { egypt } from './arabic.ts'
import { britain, unitedStates } from './english.ts'
import { france } from './french.ts'
import { germany } from './german.ts'
import { israel } from './hebrew.ts'
import { japan } from './japanese.ts'
import type { Locale } from './locale.ts'
import { brazil, portugal } from './portuguese.ts'
import { spain } from './spanish.ts'

/** Sixteen customers in a row come from these, in this order: every language occurs in the smallest world. */
export const localeRotation: readonly Locale[] = [
  unitedStates,
  germany,
  brazil,
  britain,
  spain,
  egypt,
  unitedStates,
  japan,
  germany,
  france,
  israel,
  unitedStates,
  portugal,
  germany,
  britain,
  brazil,
]
