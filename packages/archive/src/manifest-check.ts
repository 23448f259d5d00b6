import { ARCHIVE_PATH_MAX, archivePathProblem } from '@custody/sinks'
import { PAYLOAD_PREFIX, TAG_MANIFEST } from './bag.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { LineReader } from './line-reader.ts'

// Exactly what the writer makes and `sha256sum -c` reads: lower-case hex, two spaces, LF.
const form = /^([0-9a-f]{64}) {2}([^\r\n]+)\n$/
const LINE_MAX_BYTES = 64 + 2 + ARCHIVE_PATH_MAX + 1

/** Reads a manifest into `listed`, path to hash. Every line that is not exactly in our form is a finding. */
export function manifestCheck(manifest: string, listed: Map<string, string>, findings: Findings): FileCheck {
  const ofPayload = manifest !== TAG_MANIFEST
  let number = 0
  let previous = ''
  const refuse = (why: string, code = 'MANIFEST_LINE'): void => findings.add(code, manifest, `line ${number} ${why}`)
  return new LineReader(
    LINE_MAX_BYTES,
    (line) => {
      number += 1
      const [, sha256, path] = form.exec(line.toString('latin1')) ?? []
      if (sha256 === undefined || path === undefined) return refuse('is not a checksum, two spaces and a path')
      const problem = archivePathProblem(path)
      if (problem !== null) return refuse(`has a path that ${problem}`)
      if (path.startsWith(PAYLOAD_PREFIX) !== ofPayload || path === TAG_MANIFEST) {
        return refuse('names a file that this manifest may not name')
      }
      if (listed.has(path)) return refuse('names a file for the second time')
      listed.set(path, sha256)
      if (path < previous) refuse('stands behind a path that comes after it by byte order', 'MANIFEST_ORDER')
      previous = path
    },
    () => {
      number += 1
      refuse('is too long')
    },
  )
}
