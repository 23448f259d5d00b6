/** An access token and what the token endpoint said with it. Lives in memory only. */
export interface Token {
  readonly accessToken: string
  /** The execution user it acts for, by the name the configuration gives: safe to print. */
  readonly user: string
  /** Base of `/services/data`: `instance_url`. */
  readonly instanceUrl: string
  /** Base of the API gateway: `api_instance_url`. */
  readonly apiUrl: string
  /** Epoch milliseconds; null when neither the token nor the configuration tells. */
  readonly expiresAt: number | null
}
