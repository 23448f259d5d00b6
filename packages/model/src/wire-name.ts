/**
 * A vendor's word in one spelling, to be looked up: `END_USER`, `EndUser` and `End User` are all `enduser`. The off-platform
 * store writes upper snake case where the APIs write Pascal case.
 */
export function toWireName(name: string): string {
  return name.replace(/[^\dA-Za-z]+/g, '').toLowerCase()
}
