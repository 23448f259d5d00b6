import { createHash } from 'node:crypto'
import { recordId15 } from '../ids.ts'

/** The refresh tokens that are good, from sign-ins that people made "elsewhere". */
export interface RefreshTokens {
  /** The one an app has at the start. */
  initial(app: number): string
  /** Signs in with one; gives the one for the next time, undefined where this one is worth nothing. */
  use(token: string, app: number, rotate: boolean): string | undefined
  /** Makes one worthless; false where it was none. */
  revoke(token: string): boolean
}

export function createRefreshTokens(apps: number): RefreshTokens {
  const good = new Map<string, number>()
  const make = (app: number, generation: number): string => {
    const secret = createHash('sha256').update(`refresh:${app}:${generation}`).digest('hex')
    return `5Aep861${recordId15('Organization', 1)}.${secret}`
  }
  let generation = 0
  for (let app = 0; app < apps; app++) good.set(make(app, 0), app)
  return {
    initial: (app) => make(app, 0),
    use(token, app, rotate) {
      if (good.get(token) !== app) return undefined
      if (!rotate) return token
      good.delete(token)
      generation += 1
      const next = make(app, generation)
      good.set(next, app)
      return next
    },
    revoke: (token) => good.delete(token),
  }
}
