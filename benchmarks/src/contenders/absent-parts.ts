import { registerHooks } from 'node:module'

/**
 * Two of the packages compared here load, at their entry, parts that call servers. Those are left out of the installation
 * (see `overrides` of the workspace); an empty module stands in their place, so that the rest runs as published.
 */
const absent = /^(@google-cloud\/dlp|@openredaction\/(express|react|server))$/

registerHooks({
  resolve: (specifier, context, next) =>
    absent.test(specifier)
      ? { url: import.meta.resolve('./nothing.ts'), format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})
