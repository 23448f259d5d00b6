import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where Debian's chromium stands. */
const CHROMIUM = '/usr/bin/chromium'

/** Null where tests in a browser can run; otherwise why they cannot, for the name of the test that is skipped. */
export const noBrowser: string | null = existsSync(CHROMIUM)
  ? null
  : `there is no ${CHROMIUM} (apt-get install chromium)`

/** A browser for all tests of a file. */
export interface TestBrowser extends AsyncDisposable {
  /** A page of its own session. Requests but those that `mayRequest` names are refused, and kept. */
  open(address: string, options?: OpenOptions): Promise<OpenPage>
}

export interface OpenOptions extends BrowserContextOptions {
  /** Beginnings of addresses that may be asked for. @defaultValue none but the page itself */
  readonly mayRequest?: readonly string[]
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** What was asked for without leave. */
  readonly requests: readonly string[]
  /** Errors of scripts, refusals of the content security policy, dialogs: none of them is wanted. */
  readonly troubles: readonly string[]
}

/** Starts Debian's chromium. As root it needs to go without its sandbox. */
export async function openBrowser(): Promise<TestBrowser> {
  const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args })
  return {
    async open(address, { mayRequest = [], ...options } = {}) {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
      const page = await context.newPage()
      const requests: string[] = []
      const troubles: string[] = []
      await context.route('**', (route) => {
        const url = route.request().url()
        if (url === address || mayRequest.some((start) => url.startsWith(start))) return route.continue()
        requests.push(url)
        return route.abort()
      })
      page.on('pageerror', (error) => troubles.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') troubles.push(message.text())
      })
      page.on('dialog', (dialog) => {
        troubles.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(address)
      return { page, requests, troubles, [Symbol.asyncDispose]: () => context.close() }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What axe finds wrong with a page by WCAG 2.2, levels A and AA, and beyond: rule and places, a line each. `rules`: only these, such as
 * `color-contrast` for what colours alone change.
 */
export async function axeViolations(page: Page, rules: readonly string[] = allRules): Promise<readonly string[]> {
  // Run by the debugger, which no content security policy stops.
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(rules)} })`)) as {
    violations: readonly { id: string; nodes: readonly { target: readonly string[] }[] }[]
  }
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
