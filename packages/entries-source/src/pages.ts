import type { Failure } from './failure.ts'
import {
  again,
  distinct,
  inOrder,
  isOutside,
  overlap,
  type PageItem,
  partOf,
  type Question,
  type Stretch,
  stands,
  timesOf,
  whole,
} from './stretch.ts'

/** Which page to ask for. Times are epoch milliseconds. */
export interface PageRequest {
  readonly recordLimit: number
  readonly startTimestamp: number | null
  readonly endTimestamp: number | null
  readonly pageToken: string | null
}

/** What paging has to know of a page; content plays no part in it. */
export interface PageOutline {
  readonly items: readonly PageItem[]
  readonly nextPageToken: string | null
}

/** What a run has learnt about the org's paging. Shared by all conversations of a run. */
export interface PagingEvidence {
  /** A token was seen: a page without one is the last. */
  tokensWork: boolean
  /** A page came in no order: one that looks ordered may just have come so. */
  unordered: boolean
}

export interface PageWalkOptions {
  readonly recordLimit: number
  /** No page that was cut is shorter than this. Only decides when equal timestamps make an end unprovable. */
  readonly smallestPage: number
  /** How many messages the sessions of the conversation count. Decides where {@link smallestPage} does. */
  readonly expectedMessages: number
  readonly evidence: PagingEvidence
}

/** Pages in a row that bring nothing new, each with a fresh token, before the walk counts as a loop. */
const maxFruitlessPages = 5

/** More entries than any conversation holds: a server that never ends must not fill the memory. */
const maxEntries = 250_000

/**
 * Walks all pages of one conversation, as a state machine: take the request from {@link next}, give its page to
 * {@link take}, until there is no next request.
 *
 * Tokens are followed while they come. Where the org is not known to give tokens, a page may have been cut anywhere, and
 * its length says nothing. Then every page leaves questions: what lies before its first entry, what after its last; and
 * for a page in no order, what lies inside. A stretch is done once a page of it brings nothing new, so each request
 * either brings new entries or closes a stretch, and the walk ends for every server, whether it honours bounds, limits
 * and order or not. Where even that proves nothing, the walk says so; it never just stops.
 */
export class PageWalk {
  readonly #options: PageWalkOptions
  readonly #open: Stretch[] = [whole]
  /** When each known entry is. */
  readonly #known = new Map<string, number | null>()
  /** How many of them are counted by sessions. */
  #messages = 0
  readonly #tokens = new Set<string>()
  #fruitless = 0
  /** How often a cut page may still have its stretch halved without anything new: in proportion to what came. */
  #halvings = 16
  /** The shortest page of this conversation behind which there turned out to be more. */
  #shortestCut = Number.POSITIVE_INFINITY

  constructor(options: PageWalkOptions) {
    this.#options = options
  }

  /** The page to ask for now, or null when everything is read. The same until its page was taken. */
  next(): PageRequest | null {
    const stretch = this.#open.at(-1)
    if (!stretch) return null
    return {
      recordLimit: this.#options.recordLimit,
      startTimestamp: stretch.start,
      endTimestamp: stretch.end,
      pageToken: stretch.pageToken,
    }
  }

  /** Takes the page that answers {@link next}. Gives why the conversation cannot be read whole, or null to go on. */
  take({ items, nextPageToken }: PageOutline): Failure | null {
    const stretch = this.#open.pop()
    if (!stretch) throw new RangeError('PageWalk.take: no page was asked for')
    const knownBefore = this.#known.size
    for (const { key, at, isCounted } of items) {
      if (isCounted && !this.#known.has(key)) this.#messages += 1
      this.#known.set(key, at)
    }
    const bringsNew = this.#known.size > knownBefore
    if (this.#known.size > maxEntries) return tooMany

    if (nextPageToken !== null) return this.#follow(stretch, nextPageToken, bringsNew)
    this.#fruitless = 0
    if (this.#options.evidence.tokensWork) return null
    if (!bringsNew) return this.#close(stretch, items)
    if (stretch.kind === 'beyond') return fullOfKnown(stretch.askedBy)
    // Its neighbour was cut, then. A single entry is no sign of that: the others may have been written meanwhile.
    if (stretch.askedBy > 1) this.#shortestCut = Math.min(this.#shortestCut, stretch.askedBy)
    this.#halvings += 4
    this.#askAround(stretch, items)
    return null
  }

  #follow(stretch: Stretch, pageToken: string, bringsNew: boolean): Failure | null {
    this.#options.evidence.tokensWork = true
    this.#fruitless = bringsNew ? 0 : this.#fruitless + 1
    if (this.#tokens.has(pageToken) || this.#fruitless > maxFruitlessPages) return pageLoop
    this.#tokens.add(pageToken)
    this.#open.push({ ...stretch, pageToken })
    return null
  }

  /** Raises the questions that a page leaves about its stretch. */
  #askAround(stretch: Stretch, items: readonly PageItem[]): void {
    const times = timesOf(items)
    if (times.length === 0) {
      // Entries that tell no time give no border to ask beyond.
      if (stretch.kind === 'whole') this.#open.push(again)
      return
    }
    const askedBy = distinct(items)
    const first = times.reduce((a, b) => Math.min(a, b))
    const last = times.reduce((a, b) => Math.max(a, b))
    this.#ask(stretch, { kind: 'before', end: first + overlap(first), askedBy })
    this.#ask(stretch, { kind: 'after', start: last - overlap(last), askedBy })
    if (!inOrder(times)) this.#options.evidence.unordered = true
    if (this.#options.evidence.unordered) this.#halve(stretch, first, last, askedBy)
  }

  /** Asks for the inside of a stretch in two halves. Says whether it can be halved. */
  #halve(stretch: Stretch, first: number, last: number, askedBy: number): boolean {
    const middle = Math.floor((first + last) / 2)
    // Each half must leave out one known entry at least: then a page of it cannot be filled by known ones alone.
    if (middle - first <= 1 || last - middle <= 1) return false
    this.#ask(stretch, { kind: 'inside', start: first - overlap(first), end: middle + 1, askedBy })
    this.#ask(stretch, { kind: 'inside', start: middle - 1, end: last + overlap(last), askedBy })
    return true
  }

  #ask(within: Stretch, question: Question): void {
    const part = partOf(within, question)
    if (part) this.#open.push(part)
  }

  /** A page that brings nothing new ends the walk of its stretch, unless it may lack something itself. */
  #close(stretch: Stretch, items: readonly PageItem[]): Failure | null {
    switch (stretch.kind) {
      case 'whole':
        this.#open.push(again)
        return null
      case 'again':
      case 'beyond':
        return null
      case 'inside':
        return this.#closeInside(stretch, items)
      case 'before':
      case 'after':
        return this.#closeBorder(stretch, items)
    }
  }

  #closeInside(stretch: Stretch, items: readonly PageItem[]): Failure | null {
    if (!this.#isLacking(stretch, items) || isOutside(stretch, items)) return null
    // It was cut. Smaller stretches have less to cut.
    const { start, end } = stretch
    const canHalve = start !== null && end !== null && this.#halvings-- > 0
    return canHalve && this.#halve(stretch, start, end, items.length) ? null : fullOfKnown(items.length)
  }

  #closeBorder(stretch: Stretch, items: readonly PageItem[]): Failure | null {
    const { recordLimit, smallestPage, expectedMessages } = this.#options
    const isLacking = this.#isLacking(stretch, items)
    if (isLacking && !stretch.isRepeat) {
      this.#open.push({ ...stretch, isRepeat: true })
      return null
    }
    if (items.length === 0 || isOutside(stretch, items)) {
      // Bounds have no effect, or another one than they should. If the limit has, what is behind it is out of reach.
      const isFull = items.length >= recordLimit && distinct(items) <= recordLimit
      return isFull || stretch.askedBy === recordLimit ? boundsIgnored(recordLimit) : null
    }
    const isFull = items.length >= Math.min(recordLimit, smallestPage, this.#shortestCut)
    if (isFull || isLacking) return fullOfKnown(items.length)
    const times = timesOf(items)
    if (times.length < 2) return null
    if (this.#messages < expectedMessages) return fullOfKnown(items.length)
    const askedBy = items.length
    if (stretch.kind === 'after') this.#ask(stretch, { kind: 'beyond', start: Math.max(...times) + 1, askedBy })
    else this.#ask(stretch, { kind: 'beyond', end: Math.min(...times) - 1, askedBy })
    return null
  }

  /** Whether known entries stand in a stretch and not on its page: it was cut, or bounds mean something else. */
  #isLacking(stretch: Stretch, items: readonly PageItem[]): boolean {
    const here = new Set(items.map(({ key }) => key))
    for (const [key, at] of this.#known) if (at !== null && !here.has(key) && stands(at, stretch)) return true
    return false
  }
}

const pageLoop: Failure = {
  code: 'ENTRIES_PAGE_LOOP',
  message: 'The pages of its entries lead back to where they came from.',
}

const tooMany: Failure = {
  code: 'ENTRIES_TOO_MANY',
  message: `The org gives more than ${maxEntries} entries for it.`,
}

function fullOfKnown(size: number): Failure {
  return {
    code: 'ENTRIES_TIES_EXCEED_PAGE',
    message: `A page is full with ${size} entries that are known, and the org gives no page tokens: whether more stand at that time cannot be told.`,
  }
}

function boundsIgnored(recordLimit: number): Failure {
  return {
    code: 'ENTRIES_BOUNDS_IGNORED',
    message: `The org gives no page tokens and ignores time bounds, and the page is full at ${recordLimit} entries: what follows is out of reach.`,
  }
}
