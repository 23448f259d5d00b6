import { attachmentLists, linkLists } from './assumptions.ts'
import type { Content } from './content.ts'
import type { Json } from './entry.ts'
import { attachmentLine, readAttachment, readTitle } from './item.ts'
import { firstList, isObject, type JsonObject, toList, toObject, toText } from './json-parts.ts'
import { combined, line, type Rendering, unknownShape } from './rendering.ts'

type Link = Extract<Content, { type: 'links' }>['links'][number]

/** `StaticContentMessage`, told apart by what is there rather than by `formatType`, which is free to grow. */
export function readStaticContent(content: JsonObject): Rendering {
  const text: Rendering = { lines: [toText(content['text'])], content: null }
  if (content['formatType'] === 'Text' && content['citationContent'] === undefined) return text
  const parts = [
    readAttachments(content),
    readRichLink(content),
    readLinks(content),
    readTemplate(content),
    readWebView(content),
  ].filter((part) => part !== null)
  if (parts.length > 0) return combined([text, ...parts])
  return content['formatType'] === 'Text' ? text : unknownShape(content)
}

function readAttachments(content: JsonObject): Rendering | null {
  const attachments = firstList(content, attachmentLists).map(readAttachment)
  if (attachments.length === 0) return null
  return { lines: attachments.map(attachmentLine), content: { type: 'attachments', attachments } }
}

function readRichLink(content: JsonObject): Rendering | null {
  if (!isObject(content['linkItem'])) return null
  const link = readLink(content['linkItem'])
  const image = isObject(content['image']) ? readAttachment(content['image']) : null
  return {
    lines: [linkLine(link), image?.name ?? null],
    content: { type: 'rich-link', title: link.title, url: link.url, image },
  }
}

function readLinks(content: JsonObject): Rendering | null {
  const links = [...firstList(content, linkLists).map(readLink), ...readCitations(content)]
  return links.length === 0 ? null : { lines: links.map(linkLine), content: { type: 'links', links } }
}

/** What a bot says it took its answer from: `citationContent.citations[].citedReference`. */
function readCitations(content: JsonObject): Link[] {
  return toList(toObject(content['citationContent'])['citations']).map((citation) => {
    const reference = toObject(toObject(citation)['citedReference'])
    return { title: toText(reference['label']), url: toText(reference['link']) }
  })
}

function readTemplate(content: JsonObject): Rendering | null {
  if (!isObject(content['externalTemplate'])) return null
  const name = toText(content['externalTemplate']['name'])
  return { lines: [name], content: { type: 'template', name } }
}

function readWebView(content: JsonObject): Rendering | null {
  if (toText(content['url']) === null) return null
  const link = readLink(content)
  return { lines: [linkLine(link)], content: { type: 'web-view', title: link.title, url: link.url } }
}

/** `{"titleItem":{"title":…},"url":…}`, or the title bare. */
function readLink(value: Json): Link {
  const item = toObject(value)
  return { title: readTitle(item['titleItem'] ?? item['title']).title, url: toText(item['url']) }
}

function linkLine(link: Link): string | null {
  return line(link.title, link.url)
}
