/** How the text of a file is made up. */
export const fileFormats = ['csv', 'jsonl', 'text'] as const
export type FileFormat = (typeof fileFormats)[number]

/** By the ending of its name; plain text where that says nothing. */
export function formatOf(path: string): FileFormat {
  if (/\.(csv|tsv)$/i.test(path)) return 'csv'
  return /\.(jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'text'
}
