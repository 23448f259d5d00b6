import type { Pages } from '@custody/archive'
import { reportPage } from '@custody/report'
import { transcriptPage } from '@custody/transcripts'

/** Who makes the pages of archives: when they are written, and anew when something is erased from them. */
export const archivePages: Pages = { report: reportPage(), transcripts: transcriptPage() }
