import { type FileCheck, wholeText } from './file-check.ts'
import type { Findings } from './findings.ts'
import type { RunDocument } from './run-document.ts'

const PATH = 'bag-info.txt'
const MAX_BYTES = 64 * 1024

/** Checks `bag-info.txt`: its form, its `Payload-Oxum` against what is there, its facts against run.json. */
export class BagInfoCheck {
  readonly #payloadOxum: string
  readonly #findings: Findings
  readonly #values = new Map<string, string>()

  constructor(payloadOxum: string, findings: Findings) {
    this.#payloadOxum = payloadOxum
    this.#findings = findings
  }

  file(): FileCheck {
    return wholeText(MAX_BYTES, (text, isWhole) => this.#read(text, isWhole))
  }

  /** The facts that both files tell. */
  finish(run: RunDocument | null): void {
    // What could not be read is a finding already.
    if (run === null || this.#values.size === 0) return
    const facts: Readonly<Record<string, string | undefined>> = {
      'source-organization': run.org,
      'bagging-date': run.finishedAt.slice(0, 10),
      'external-identifier': run.archive,
      'bag-group-identifier': run.org,
      'archive-format-version': String(run.v),
      'archive-period': `${run.window.from} ${run.window.to}`,
      'archive-mode': run.mode,
      'archive-verdict': run.verdict,
      'archive-amends': run.amends?.archive,
    }
    for (const [label, value] of Object.entries(facts)) {
      if (this.#values.get(label) !== value) this.#refuse('BAG_INFO_DIFFERS', `says another ${label} than run.json`)
    }
  }

  #read(text: string, isWhole: boolean): void {
    if (!isWhole) {
      this.#refuse('BAG_INFO', 'is too long')
      return
    }
    if (!text.endsWith('\n')) this.#refuse('BAG_INFO', 'does not end with a line end')
    let oxums = 0
    for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
      const [, written, value = ''] = /^([^\s:][^:]*): (.*)$/.exec(line) ?? []
      const label = written?.toLowerCase()
      // A line that begins with white space continues the one before.
      if (label === undefined) {
        if (index === 0 || !/^[ \t]/.test(line)) {
          this.#refuse('BAG_INFO', `line ${index + 1} is not a label, a colon, a space and a value`)
        }
        continue
      }
      if (label === 'payload-oxum') oxums += 1
      else if (this.#values.has(label)) this.#refuse('BAG_INFO', `line ${index + 1} repeats a label`)
      this.#values.set(label, value)
    }
    if (oxums !== 1) this.#refuse('PAYLOAD_OXUM', `names Payload-Oxum ${oxums} times, not once`)
    else if (this.#values.get('payload-oxum') !== this.#payloadOxum) {
      this.#refuse('PAYLOAD_OXUM', `Payload-Oxum is not ${this.#payloadOxum}, which is there`)
    }
  }

  #refuse(code: string, message: string): void {
    this.#findings.add(code, PATH, message)
  }
}
