import type { Identities } from './identities.ts'
import type { Rejected } from './personal-data-type.ts'
import type { Rewritten } from './redactor.ts'

/** What one entry and its payload repeat stands close together. */
const maximumTexts = 1000
/** Longer texts are searched each time: a thousand of them would be too much to keep. */
const maximumLength = 10_000

/** What became of texts, for as long as the same people are looked for. */
export class RewrittenTexts {
  readonly #onRejected: (candidate: Rejected) => void
  readonly #texts = new Map<string, Remembered>()
  readonly #answers = new Map<string, Remembered>()
  #identities: Identities | undefined
  #rejected: Rejected[] = []

  constructor(onRejected: (candidate: Rejected) => void = () => undefined) {
    this.#onRejected = onRejected
  }

  /** The result of `rewrite`, or of an earlier call for this text. Candidates that it rejects are told each time. */
  of(identities: Identities, before: string, text: string, rewrite: () => Rewritten): Rewritten {
    if (identities !== this.#identities || this.#texts.size + this.#answers.size >= maximumTexts) {
      this.#texts.clear()
      this.#answers.clear()
      this.#identities = identities
    }
    if (text.length > maximumLength) return rewrite()
    const texts = before === '' ? this.#texts : this.#answers
    const key = before === '' ? text : `${before.length}:${before}${text}`
    const known = texts.get(key)
    if (known) {
      for (const candidate of known.rejected) this.#onRejected(candidate)
      return known.rewritten
    }
    this.#rejected = []
    const rewritten = rewrite()
    texts.set(key, { rewritten, rejected: this.#rejected })
    this.#rejected = []
    return rewritten
  }

  /** Tells of a candidate that was rejected, now and whenever its text comes again. */
  reject(candidate: Rejected): void {
    this.#rejected.push(candidate)
    this.#onRejected(candidate)
  }
}

interface Remembered {
  readonly rewritten: Rewritten
  readonly rejected: readonly Rejected[]
}
