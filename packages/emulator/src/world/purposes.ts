/** What a stream of random numbers is for: streams of different purposes have nothing to do with one another. */
export const purpose = {
  start: 1,
  outline: 2,
  script: 3,
  text: 4,
  person: 5,
  channel: 6,
  order: 7,
  agent: 8,
  fault: 9,
  file: 10,
} as const
