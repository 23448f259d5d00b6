#!/usr/bin/env node
// Loads nothing of ours but what starts it: an old Node must be able to say that it is too old.
import { readFileSync } from 'node:fs'
import { isBounded, startBounded } from './bounded-heap.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const oldest: number = Number(/\d+/.exec(manifest.engines.node)?.[0])

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(`Custody needs Node ${oldest} or later; this is ${process.version}.\n`)
  // As for any wrong usage: nothing was requested.
  process.exitCode = 2
} else if (isBounded(process)) {
  await import('./run-process.ts')
} else {
  process.exitCode = await startBounded(process)
}
