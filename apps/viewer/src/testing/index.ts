export { axeViolations, noBrowser, type OpenOptions, type OpenPage, openBrowser, type TestBrowser } from './browser.ts'
