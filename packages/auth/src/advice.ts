import type { Advice } from './sign-in.ts'

/** For the token endpoint of the org. */
export const orgAdvice: Advice = {
  refused: [
    'Check that loginUrl is the My Domain address of the org, not the Lightning one.',
    "The Login History of the execution user in Setup shows the server's reason.",
  ],
  odd: [
    'Check that loginUrl is the My Domain address of the org (https://….my.salesforce.com), not the Lightning one.',
    'A proxy, a log-in page or a maintenance page may have answered; run again later if so.',
  ],
}

/** For the exchange of an org token for one of Data 360. */
export const data360Advice: Advice = {
  refused: [
    'Setup > External Client App Manager > the app > OAuth: add the scopes api and cdp_query_api.',
    'Setup > Permission Sets: give the execution user one of Data 360 that opens the data space.',
    'Check the name of the data space, and that the org has Data 360.',
  ],
  odd: [
    'Check in Setup that the org has Data 360, and that the app has the scopes api and cdp_query_api.',
    'A proxy, a log-in page or a maintenance page may have answered; run again later if so.',
  ],
}
