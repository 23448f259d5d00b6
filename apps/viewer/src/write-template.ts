// Makes the page that stands in archives: node --conditions=@custody/source apps/viewer/src/write-template.ts
import { writeFileSync } from 'node:fs'
import { bundleViewer, TEMPLATE } from './bundle.ts'

writeFileSync(TEMPLATE, await bundleViewer())
