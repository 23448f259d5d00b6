import { executionUser, usernameOf } from '../world/staff.ts'
import { appKeyPem } from './app-keys.ts'
import type { Credentials } from './org-state.ts'
import type { RefreshTokens } from './refresh-tokens.ts'

/** What each app and its execution user sign in with. */
export function credentialsOf(executionUsers: number, refreshTokens: RefreshTokens): readonly Credentials[] {
  return Array.from({ length: executionUsers }, (_, k) => ({
    clientId: `emulator-client-${k + 1}`,
    clientSecret: `emulator-secret-${k + 1}`,
    username: usernameOf(executionUser(k)),
    password: `emulator-password-${k + 1}`,
    securityToken: `EmulatorToken${k + 1}`,
    refreshToken: refreshTokens.initial(k),
    // Made when somebody asks for it: most do not.
    get privateKey() {
      return appKeyPem(k)
    },
  }))
}
