import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { noBrowser, openBrowser } from './testing/browser.ts'
import { sampleConversations, writePage } from './testing/sample-page.ts'

const isSlow = process.env['SLOW'] !== undefined

describe.skipIf(noBrowser !== null || !isSlow)(
  `100,000 messages${noBrowser === null ? '' : `, skipped: ${noBrowser}`}`,
  () => {
    test('are there in under three seconds, and scroll without a gap', { timeout: 180_000 }, async () => {
      const conversations = sampleConversations(5_001, 20)
      const messages = conversations.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'message').length
      const startedAt = performance.now()
      const address = await writePage(conversations)
      const writtenMs = performance.now() - startedAt

      await using browser = await openBrowser()
      await using opened = await browser.open('about:blank', { mayRequest: ['file://'] })
      const { page } = opened
      await page.goto(address, { waitUntil: 'commit' })
      await page.locator('#row-0').waitFor()
      const firstListMs = Number(await page.evaluate('performance.now()'))
      await page.getByText('5,001 conversations', { exact: true }).waitFor()

      // Wherever the list is scrolled to, each point of it shows a conversation as soon as the browser paints.
      const blanks = await page.evaluate(`(async () => {
      const list = document.querySelector('#list')
      const box = list.getBoundingClientRect()
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      let blanks = 0
      for (let step = 0; step <= 300; step += 1) {
        list.scrollTop = step < 150 ? step * 60 : ((list.scrollHeight - box.height) * step) / 300
        await frame()
        for (const at of [2, box.height / 2, box.height - 3]) {
          const shown = document.elementFromPoint(box.left + 40, box.top + at)
          if (!shown?.closest('[role="option"]')) blanks += 1
        }
      }
      return blanks
    })()`)
      expect(blanks).toBe(0)
      expect(await page.locator('[role="option"]').count()).toBeLessThan(60)
      await page.locator('#row-5000').click()
      await page.locator('#conversation h2', { hasText: 'Customer 5000' }).waitFor()

      const searchedAt = performance.now()
      await page.fill('#search', 'Message 20 about order HP-4999')
      await page.getByText('1 of 5,001 conversations', { exact: true }).waitFor()
      const searchMs = performance.now() - searchedAt
      const megabytes = statSync(fileURLToPath(address)).size / 1e6
      process.stdout.write(
        `${messages} messages: page of ${megabytes.toFixed(1)} MB written in ${writtenMs.toFixed(0)} ms, ` +
          `first list after ${firstListMs.toFixed(0)} ms, all searched in ${searchMs.toFixed(0)} ms\n`,
      )
      expect(messages).toBeGreaterThan(99_990)
      expect(firstListMs).toBeLessThan(3_000)
    })
  },
)
