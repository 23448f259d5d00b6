/** Something an organisation looks for beside the built-in types, as its customer numbers. */
export interface PatternRule {
  /** Stands as the detector of what it finds: lower case, digits, dashes. */
  readonly name: string
  /** In upper snake case, not a built-in type; several rules may share one. */
  readonly type: string
  /** A regular expression in the subset of {@link parsePattern}. */
  readonly match: string
  /** Found only where one of these words stands within 60 characters before it, or 24 behind; in any case. */
  readonly words?: readonly string[] | undefined
  /** `i`: in any case. `m`: `^` and `$` at each line. */
  readonly flags?: string | undefined
}
