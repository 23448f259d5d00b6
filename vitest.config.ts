import { existsSync, readdirSync } from 'node:fs'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const folders = ['packages', 'apps'].flatMap((parent) => readdirSync(parent).map((name) => `${parent}/${name}`))

// One project per package, all from this file: source is resolved by condition, so nothing has to be built.
const config: ViteUserConfig = defineConfig({
  ssr: { resolve: { conditions: ['@custody/source', 'node', 'import', 'default'] } },
  test: {
    // By default one core of two is left idle; the tests that start processes wait for them most of the time.
    maxWorkers: 2,
    projects: [
      ...folders.filter((folder) => existsSync(`${folder}/package.json`)).map((folder) => project(folder)),
      project('benchmarks'),
      project('examples'),
      project('tools'),
    ],
  },
})

export default config

function project(root: string): { extends: true; test: object } {
  return {
    extends: true,
    test: {
      name: root.split('/').at(-1) ?? root,
      root,
      include: ['**/*.test.ts'],
      testTimeout: 30_000,
      // Files of a package share a worker, which saves starting anew for each; not where modules are mocked, nor where whole commands run.
      isolate: ['keys', 'custody'].includes(root.split('/').at(-1) ?? ''),
    },
  }
}
