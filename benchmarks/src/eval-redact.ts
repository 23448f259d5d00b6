// Measures @custody/redact beside other packages: pnpm eval:redact [--data DIR] [--seed N]. Ends with 4 when a goal is missed.
import { parseArgs } from 'node:util'
import { custody } from './contenders/custody.ts'
import { openredaction } from './contenders/openredaction.ts'
import { phoneFinder } from './contenders/phone-finder.ts'
import { redactPii } from './contenders/redact-pii.ts'
import { redactpiiNode } from './contenders/redactpii-node.ts'
import { evaluate } from './evaluate.ts'
import { generateData } from './generated/generate-data.ts'
import { print } from './print.ts'
import { readData } from './read-data.ts'

const { values } = parseArgs({ options: { data: { type: 'string' }, seed: { type: 'string', default: '1' } } })
const data = values.data === undefined ? generateData({ seed: Number(values.seed) }) : readData(values.data)
const contenders = [custody(), await redactPii(), redactpiiNode(), await openredaction(), phoneFinder()]
const { report, missed } = await evaluate(data, contenders)

print(report)
print(missed.length === 0 ? '\nEvery goal is reached.' : `\nMissed:\n${missed.map((each) => `  ${each}`).join('\n')}`)
process.exitCode = missed.length === 0 ? 0 : 4
