import type { Random } from './random.ts'

/** One kind of personal data: how it is written, and what people say around it. `{}` is where the value goes. */
export interface ValueKind {
  readonly type: string
  make(random: Random): string
  readonly carriers: readonly string[]
}
