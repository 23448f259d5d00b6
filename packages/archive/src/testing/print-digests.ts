import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeAmendment } from './amendment.ts'
import { batchOf, rejectOf, sampleConversation, sampleEntry, sourceOf, window } from './sample-conversations.ts'
import { writeArchive } from './write-archive.ts'

// Run by itself, by any Node: writes archives into the folder that is named, and prints what identifies them and their payload.

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('no folder was named')

const texts = ['é', 'e\u0301', 'Straße, İstanbul', '😀 \u2028', '=1+1', '"quoted",\r\nbroken', '1e21', '\ud800']
const ids = ['b', 'a', 'B', 'ä', 'Z', '10', '9', 'é']
const conversations = ids.map((identifier, index) =>
  sampleConversation(index, {
    identifier,
    entries: texts.map((text, at) =>
      sampleEntry(`${index}-${at}`, window.from, at % 2 === 0 ? 'agent' : 'end-user', {
        text,
        payload: { [text]: [1e21, 0.1, -0, at], ä: null, z: true },
        source: at % 3 === 0 ? 'connect' : 'conversation-data',
      }),
    ),
  }),
)
const batch = batchOf(conversations, { rejects: [rejectOf()], drops: { ä: 1, Z: 2, a: 3 } })
const written = [await writeArchive(folder, sourceOf(batch), { partBytes: 4_000 }), await writeAmendment(folder)]
for (const { path, name, tagManifestSha256, recordsRoot } of written) {
  const manifest = readFileSync(join(path, 'manifest-sha256.txt'), 'utf8')
  process.stdout.write(`${name} ${tagManifestSha256} ${recordsRoot}\n${manifest}`)
}
