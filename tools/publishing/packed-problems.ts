import { readFile } from 'node:fs/promises'
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

/**
 * What is wrong with a packed package, in words: what its manifest promises and does not hold (publint), what TypeScript
 * would make of it (are the types wrong), and files that are nobody's business.
 */
export async function packedProblems(tarball: string): Promise<readonly string[]> {
  const bytes = await readFile(tarball)
  const pkg = createPackageFromTarballData(new Uint8Array(bytes))
  const folder = `/node_modules/${pkg.packageName}/`
  const files = pkg.listFiles().map((path) => path.slice(folder.length))
  const manifest = JSON.parse(pkg.readFile(`${folder}package.json`))

  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true })
  const told = messages.map((message) => formatMessage(message, manifest, { color: false }) ?? message.code)
  // A program exports nothing: there are no types to be wrong.
  const checked = manifest.exports ? await checkPackage(pkg) : null
  const types = checked?.types === false ? ['has no types'] : []
  return [
    ...told.map((text) => `publint: ${text}`),
    ...types,
    ...(checked?.types
      ? checked.problems.filter(concernsModules).map((problem) => `types: ${JSON.stringify(problem)}`)
      : []),
    ...files
      .filter((path) => /(^|\/)testing\/|\.test\.|(^|\/)(src|tests?)\/|tsconfig/.test(path))
      .map((path) => `packs ${path}`),
    ...['README.md', 'LICENSE'].filter((path) => !files.includes(path)).map((path) => `lacks ${path}`),
    ...leftovers(manifest).map((name) => `its manifest says ${name}`),
  ]
}

/** Our packages are ES modules: what `require` of an old Node makes of them is not promised. */
function concernsModules(problem: Problem): boolean {
  return !('resolutionKind' in problem) || ['node16-esm', 'bundler'].includes(problem.resolutionKind)
}

/** What only holds in the checkout. */
function leftovers(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const text = JSON.stringify(manifest)
  return ['workspace:', 'catalog:', '@custody/source', 'devDependencies', 'scripts'].filter((word) =>
    text.includes(word.endsWith(':') ? `:"${word}` : `"${word}"`),
  )
}
