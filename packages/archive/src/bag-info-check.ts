import { type FileCheck, wholeText } from './file-check.ts'
import type { Findings } from './findings.ts'

const MAX_BYTES = 64 * 1024

/** Checks `bag-info.txt`, and its `Payload-Oxum` against what is there. */
export function bagInfoCheck(payloadOxum: string, findings: Findings): FileCheck {
  const refuse = (code: string, message: string): void => findings.add(code, 'bag-info.txt', message)
  return wholeText(MAX_BYTES, (text, isWhole) => {
    if (!isWhole) return refuse('BAG_INFO', 'is too long')
    if (!text.endsWith('\n')) refuse('BAG_INFO', 'does not end with a line end')
    const oxums: string[] = []
    for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
      const [, label, value] = /^([^\s:][^:]*): (.*)$/.exec(line) ?? []
      if (label?.toLowerCase() === 'payload-oxum') oxums.push(value ?? '')
      // A line that begins with white space continues the one before.
      else if (label === undefined && (index === 0 || !/^[ \t]/.test(line))) {
        refuse('BAG_INFO', `line ${index + 1} is not a label, a colon, a space and a value`)
      }
    }
    if (oxums.length !== 1) refuse('PAYLOAD_OXUM', `names Payload-Oxum ${oxums.length} times, not once`)
    else if (oxums[0] !== payloadOxum) refuse('PAYLOAD_OXUM', `Payload-Oxum is not ${payloadOxum}, which is there`)
  })
}
