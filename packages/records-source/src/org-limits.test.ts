import { HttpStatusError, type OrgClient } from '@custody/http'
import { expect, test } from 'vitest'
import { orgLimits, readLimitInfo } from './org-limits.ts'

function limitsOrg(
  document: unknown,
  headers: Record<string, string> = {},
  errorCode?: string,
): OrgClient & { paths: string[] } {
  const paths: string[] = []
  return {
    paths,
    async getJson({ path, parse }) {
      paths.push(path)
      if (errorCode !== undefined && path.endsWith('/limits')) {
        throw new HttpStatusError({
          status: 403,
          endpoint: 'limits',
          errorCode,
          retryAfterMs: null,
          retryable: false,
          attempt: 1,
        })
      }
      return parse(document, { status: 200, headers })
    },
  }
}

test('says what is left of today', async () => {
  const org = limitsOrg({
    DailyApiRequests: { Max: 100_000, Remaining: 99_000, Ant: { Max: 0, Remaining: 0 } },
    DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 9_999 },
  })
  expect(await orgLimits({ org })).toEqual({
    apiRequests: { max: 100_000, remaining: 99_000 },
    bulkQueryJobs: { max: 10_000, remaining: 9_999 },
  })
  expect(org.paths).toEqual(['/services/data/v66.0/limits'])
})

test('takes the header where the document does not say, or may not be seen', async () => {
  const headers = { 'sforce-limit-info': 'api-usage=10018/100000' }
  const fromHeader = { apiRequests: { max: 100_000, remaining: 89_982 }, bulkQueryJobs: null }
  expect(await orgLimits({ org: limitsOrg({ DailyApiRequests: 7 }, headers) })).toEqual(fromHeader)
  const org = limitsOrg({}, headers, 'INSUFFICIENT_ACCESS')
  expect(await orgLimits({ org })).toEqual(fromHeader)
  expect(org.paths).toEqual(['/services/data/v66.0/limits', '/services/data/v66.0/'])
  expect(await orgLimits({ org: limitsOrg(null) })).toEqual({ apiRequests: null, bulkQueryJobs: null })
})

test('does not pass over a spent allowance', async () => {
  await expect(orgLimits({ org: limitsOrg({}, {}, 'REQUEST_LIMIT_EXCEEDED') })).rejects.toMatchObject({
    code: 'HTTP_403',
  })
})

test.each([
  ['api-usage=25/5000; per-app-api-usage=17/250(appName=sample)', { max: 5_000, remaining: 4_975 }],
  ['per-app-api-usage=17/250(appName=sample), api-usage=25/5000', { max: 5_000, remaining: 4_975 }],
  ['api-usage=6000/5000', { max: 5_000, remaining: 0 }],
  ['per-app-api-usage=17/250(appName=sample)', null],
  ['api-usage=', null],
  ['', null],
])('%j', (header, allowance) => {
  expect(readLimitInfo({ headers: { 'sforce-limit-info': header } })).toEqual(allowance)
})
