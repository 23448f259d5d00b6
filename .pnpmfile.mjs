// What a package says of itself once it is packed: nothing that only holds in the checkout.
import { relative } from 'node:path'

export const hooks = { beforePacking: packed }

function packed({ devDependencies, scripts, exports, ...manifest }, folder) {
  // Provenance is accepted only where the manifest names the repository it comes from; the workflow knows it.
  const repository = process.env.GITHUB_REPOSITORY
  return {
    ...manifest,
    ...(exports && { exports: withoutSource(exports) }),
    ...(repository && {
      repository: {
        type: 'git',
        url: `git+https://github.com/${repository}.git`,
        directory: relative(import.meta.dirname, folder),
      },
    }),
  }
}

/** The condition `@custody/source` leads to TypeScript, which is not packed, and which Node would not run from node_modules. */
function withoutSource(exports) {
  return Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target === 'string') return [path, target]
      const { '@custody/source': _, ...conditions } = target
      return [path, conditions]
    }),
  )
}
