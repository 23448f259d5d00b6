export { type ClientCredentialsOptions, clientCredentials, type Grant } from './grant.ts'
export type { TokenEvent } from './token-event.ts'
export { createTokenProvider, type TokenProviderOptions } from './token-provider.ts'
