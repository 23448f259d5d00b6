import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { read, root } from '../workspace.ts'

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[]
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const workflows = readdirSync(join(root, '.github/workflows')).map((name) => `.github/workflows/${name}`)
const { scripts } = JSON.parse(read('package.json'))

test.each(workflows)('%s takes actions by commit, and may only read unless a job says why', (path) => {
  const text = read(path)
  const { permissions, jobs } = parse(text) as Workflow
  expect(permissions).toEqual({ contents: 'read' })
  for (const { steps } of Object.values(jobs)) {
    for (const { uses, run } of steps) {
      if (uses !== undefined)
        expect(text).toMatch(new RegExp(`${uses.replace(/@.*/, '')}@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+\\n`))
      // What a workflow runs is there.
      const [, script] = /^npm run ([\w:]+)/.exec(run ?? '') ?? []
      if (script !== undefined) expect(scripts, script).toHaveProperty([script])
    }
  }
  for (const [, lines] of text.matchAll(/permissions:\n((?: {6}.*\n)+)/g)) {
    for (const line of lines?.trimEnd().split('\n') ?? []) expect(line).toMatch(/: (read|write # .+)$/)
  }
})

test('only the job that publishes can sign in at the registry', () => {
  const able = workflows.flatMap((path) =>
    Object.entries((parse(read(path)) as Workflow).jobs)
      .filter(([, { permissions }]) => permissions?.['id-token'] === 'write')
      .map(([name]) => `${path}: ${name}`),
  )
  expect(able).toEqual(['.github/workflows/release.yml: publish'])
})
