import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  axeViolations,
  noBrowser,
  type OpenOptions,
  type OpenPage,
  openBrowser,
  type TestBrowser,
} from './testing/browser.ts'
import { bidiText, hostileTexts, sampleConversations, writePage } from './testing/sample-page.ts'

// In a real browser, opened by file://: what a double click does.
describe.skipIf(noBrowser !== null)(`in the browser${noBrowser === null ? '' : `, skipped: ${noBrowser}`}`, () => {
  let browser: TestBrowser
  let address: string

  beforeAll(async () => {
    browser = await openBrowser()
    address = await writePage(sampleConversations(120))
  })
  afterAll(() => browser?.[Symbol.asyncDispose]())

  /** Opens the page, uses it, and demands that nothing was requested, refused or thrown. */
  async function using(use: (page: Page) => Promise<void>, options: OpenOptions = {}): Promise<void> {
    await inPage(await browser.open(address, options), use)
  }

  async function inPage(opened: OpenPage, use: (page: Page) => Promise<void>): Promise<void> {
    await using page = opened
    page.page.setDefaultTimeout(5_000)
    await use(page.page)
    expect({ requests: page.requests, troubles: page.troubles }).toEqual({ requests: [], troubles: [] })
    expect(await page.page.evaluate('window.harmed')).toBeUndefined()
  }

  const row = (page: Page, index: number): Locator => page.locator(`#row-${index}`)
  const found = (page: Page, text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()

  test('hostile texts are shown as they are, and do nothing', () =>
    using(async (page) => {
      await row(page, 0).click()
      const said = await page.locator('#conversation .text').allTextContents()
      expect(said.slice(0, hostileTexts.length)).toEqual(hostileTexts)
      // The mark stands where the character was, and nothing around it is turned.
      expect(said.at(-1)).toBe(bidiText.replace('\u202e', 'RLO'))
      expect(await page.locator('#conversation .invisible').allTextContents()).toEqual(['RLO'])
      await row(page, 1).click()
      const links = await page.evaluate(
        `[...document.querySelectorAll('#conversation a')].map((a) => [a.href, a.rel, a.target])`,
      )
      expect(links).toEqual([['https://shop.example/help', 'noopener noreferrer', '_blank']])
      expect(await page.locator('img, iframe, svg, object, embed').count()).toBe(0)
    }))

  test('contents are there to be read: files with sizes, buttons, forms, links', () =>
    using(async (page) => {
      await row(page, 1).click()
      const pane = page.locator('#conversation')
      for (const text of ['photo.png', 'image/png, 123.5 kB', 'Track my parcel', 'Boots', 'Size 42', 'welcome']) {
        await pane.getByText(text).first().waitFor()
      }
      expect(await pane.getByText('javascript:window.harmed=1').count()).toBe(1)
      expect(await pane.locator('[aria-label="Form"]').textContent()).toBe('Order: HP-1')
    }))

  test('search finds messages; filters narrow down; all can be cleared', () =>
    using(async (page) => {
      await found(page, '120 conversations')
      await page.fill('#search', 'ORDER hp-77')
      await found(page, '1 of 120 conversations')
      await row(page, 0).click()
      expect(await page.locator('#conversation mark').first().textContent()).toBe('order HP-77')
      await page.fill('#search', 'track my')
      await found(page, '1 of 120 conversations')
      await page.fill('#search', '')
      await page.locator('#more summary').click()
      const filters: readonly (readonly [string, string, string])[] = [
        ['channel', 'Web chat (EmbeddedMessaging)', '40 of 120 conversations'],
        ['agent', 'okafor', '60 of 120 conversations'],
        ['end-user', 'Customer 11', '11 of 120 conversations'],
        ['findings', '*', '1 of 120 conversations'],
        ['findings', 'SOURCES_DIFFER', '1 of 120 conversations'],
        ['findings', 'none', '119 of 120 conversations'],
        ['redaction', 'NAME', '1 of 120 conversations'],
        // They begin at half past, every hour.
        ['from', '2026-10-05', '24 of 120 conversations'],
        ['to', '2026-10-01', '24 of 120 conversations'],
      ]
      for (const [id, value, expected] of filters) {
        const field = page.locator(`#${id}`)
        if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value)
        else await field.fill(value)
        await found(page, expected)
        await page.click('#clear')
        await found(page, '120 conversations')
      }
    }))

  test('findings and redactions are shown where they belong', () =>
    using(async (page) => {
      await row(page, 3).click()
      await page.getByText('RECONCILIATION_MISSING Expected agent 2').waitFor()
      expect(await page.locator('.entry .finding').allTextContents()).toEqual(['Finding: data360 gave another text.'])
      await row(page, 4).click()
      expect(await page.locator('#conversation h2 .redaction').textContent()).toBe('[NAME:k1:9f3kq2mzt4wc]')
      await page.getByText('NAME: 3 times').waitFor()
      await page.getByText('1 row in data/reports/gaps.csv, 1 of them').waitFor()
    }))

  test('the time zone changes every time, and what a day is', () =>
    using(async (page) => {
      await row(page, 0).click()
      const first = page.locator('#conversation time').first()
      expect(await first.textContent()).toBe('00:30:00')
      await page.locator('#zone').selectOption('America/New_York')
      expect(await first.textContent()).toBe('20:30:00')
      expect(await page.locator('#conversation h3').first().textContent()).toMatch(/^Wednesday,? 30 September 2026$/)
      expect(await row(page, 0).locator('time').textContent()).toBe('30 Sept 2026, 20:30')
      await page.locator('#more summary').click()
      await page.fill('#to', '2026-09-30')
      await found(page, '4 of 120 conversations')
      await page.locator('#zone').selectOption('Europe/Berlin')
      await found(page, '0 of 120 conversations')
      expect(await first.getAttribute('title')).toContain('GMT+2')
    }))

  test('all of it works with the keyboard alone', () =>
    using(async (page) => {
      const key = (name: string): Promise<void> => page.keyboard.press(name)
      const focused = (): Promise<unknown> => page.evaluate('document.activeElement.id')
      await key('/')
      await page.keyboard.type('order HP-5')
      await found(page, '11 of 120 conversations')
      // Typing is no shortcut.
      expect(await page.locator('dialog[open]').count()).toBe(0)
      await key('Tab')
      await key('Tab')
      expect(await focused()).toBe('list')
      await key('ArrowDown')
      await key('Enter')
      await page.locator('#conversation h2', { hasText: 'Customer 50' }).waitFor()
      expect(await focused()).toBe('conversation')
      await key('Escape')
      expect(await focused()).toBe('list')
      await key('End')
      await key('Enter')
      await page.locator('#conversation h2', { hasText: 'Customer 59' }).waitFor()
      await key('k')
      await page.locator('#conversation h2', { hasText: 'Customer 58' }).waitFor()
      await key('t')
      expect(await focused()).toBe('zone')
      await row(page, 0).click()
      await key('?')
      await page.locator('#help[open]').getByText('print the conversation').waitFor()
      await page.locator('#single-keys').press('Space')
      await key('Escape')
      await key('i')
      expect(await page.locator('dialog[open]').count()).toBe(0)
    }))

  test('prints the conversation, all of it, and nothing else', async () => {
    const long = await writePage(sampleConversations(3, 600))
    await inPage(await browser.open(long), async (page) => {
      await row(page, 2).click()
      await page.emulateMedia({ media: 'print' })
      await page.evaluate('window.dispatchEvent(new Event("beforeprint"))')
      expect(await page.locator('.entry.message').count()).toBe(600)
      for (const part of ['header', '#finder', '#print']) expect(await page.locator(part).isVisible()).toBe(false)
      await page.getByText('From the archive acme-2026-10.').waitFor()
      // More than the first sheet: nothing is cut off by a pane that scrolls.
      const pdf = (await page.pdf()).toString('latin1')
      expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(20)
    })
  })

  test.each([
    ['light', undefined],
    ['dark', ['color-contrast']],
  ] as const)('axe finds nothing (%s)', (colorScheme, rules) =>
    using(
      async (page) => {
        await page.locator('#more summary').click()
        await row(page, 1).click()
        expect(await axeViolations(page, rules), 'list, filters, conversation').toEqual([])
        await page.click('#open-integrity')
        expect(await axeViolations(page, rules), 'integrity').toEqual([])
        await page.keyboard.press('Escape')
        await page.click('#open-help')
        expect(await axeViolations(page, rules), 'help').toEqual([])
      },
      // Few rows: what axe takes grows with what is seen.
      { colorScheme, viewport: { width: 1000, height: 480 } },
    ),
  )

  test('what is not in the page is told at its top; a page that was cut off is no empty archive', async () => {
    const cut = await writePage(sampleConversations(10), { messagesMax: 20 })
    await inPage(await browser.open(cut), async (page) => {
      await page.getByText('This page shows the first 3 conversations of the archive. 7 conversations more').waitFor()
    })
  })
})
