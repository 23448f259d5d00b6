import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { archive, type RunDocument } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { defineSource } from '@custody/pipeline'
import { reportPage, yearPage } from '@custody/report'
import { axeViolations, noBrowser, openBrowser } from '@custody/viewer/testing'
import { describe, expect, onTestFinished, test } from 'vitest'

const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>"\u202e'
const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const cost = {
  ...{ elapsedMs: 65_000, requests: 12, retries: 1, rateLimited: 0, tokensRenewed: 0, waitingForLimitsMs: 0 },
  ...{ byEndpoint: { query: { requests: 12, ms: 900 } }, stages: [{ stage: 'census', ownMs: 900 }], answersKept: 0 },
  limits: [{ name: 'entriesPerMinute', setting: 85, used: 12, waits: 0, waitedMs: 0 }],
}

/** A conversation of which messages are missing, with everything in it that comes from outside. */
const lacking: Conversation = {
  identifier: hostile,
  recordId: null,
  channelName: hostile,
  channelType: hostile,
  startTime: window.from,
  endTime: null,
  continuedBefore: false,
  continuesAfter: false,
  sessions: [],
  participants: [],
  endUsers: [],
  entries: [],
  delivered: { source: 'connect', entries: 0, entriesInWindow: 0, agentMessages: 0, endUserMessages: 0, requests: 1 },
  reconciliation: { verdict: 'missing', reason: hostile, expectedAgentMessages: 3, expectedEndUserMessages: 2 },
  witnesses: [],
  redactions: [{ entryId: null, field: 'x', type: hostile, detector: 'x', action: 'mask', start: 0, length: 1 }],
}

/** A folder with both pages. */
async function pages(): Promise<{ readonly report: string; readonly year: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'custody-pages-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const subject = { type: 'Conversation', id: hostile }
  const rejects = [{ stage: 'entries', code: 'ENTRIES_NOT_FOUND', subject, message: hostile }]
  let path = ''
  const sink = archive({
    directory,
    org: 'acme',
    window,
    container: 'folder',
    mode: 'redacted',
    key: new Uint8Array(32),
    run: { runId: 'run-1', tool: 'test/1.0.0', startedAt: window.to, cost },
    pages: { report: reportPage() },
    onWritten: (result) => {
      path = result.path
    },
  })
  const source = defineSource<Conversation>('samples', async function* () {
    yield { records: [lacking], rejects }
  })
  await sink(source())
  const counts = { found: 1, conversations: 1, entries: 2, gaps: 1 }
  const run = { archive: hostile, org: hostile, mode: 'plain', window, verdict: 'incomplete', counts } as RunDocument
  const findings = [{ code: 'CHAIN_GAP', path: hostile, message: hostile }]
  const archives = [{ path: hostile, run, erased: 1, findings: 2, seal: null }]
  const year = join(directory, 'year.html')
  writeFileSync(year, yearPage({ archives, findings, notes: findings, madeAt: window.to }))
  return { report: join(path, 'report.html'), year }
}

describe.skipIf(noBrowser !== null)(`pages in a browser${noBrowser === null ? '' : `: skipped, ${noBrowser}`}`, () => {
  test('run nothing, ask for nothing, and are found accessible, by day and by night', async () => {
    const { report, year } = await pages()
    await using browser = await openBrowser()
    for (const path of [report, year]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await using opened = await browser.open(pathToFileURL(path).href, { colorScheme })
        const { page } = opened
        const first = await page.locator('h2').first().textContent()
        expect(first).toMatch(/^(?:Incomplete|Something is wrong)$/)
        for (const details of await page.locator('summary').all()) await details.click()
        expect(await axeViolations(page), `${path} ${colorScheme}`).toEqual([])
        expect(await page.locator('script, img').count()).toBe(0)
        expect([opened.requests, opened.troubles]).toEqual([[], []])
        // No wider than a telephone, and a sheet of A4.
        await page.setViewportSize({ width: 360, height: 800 })
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
        expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(5_000)
      }
    }
  })
})
