/** Somebody who works for the shop: a User. Their names occur nowhere among the customers. */
export interface Employee {
  readonly number: number
  readonly firstName: string
  readonly lastName: string
  readonly name: string
  readonly role: 'agent' | 'supervisor' | 'integration'
}

const agentNames = [
  ['Ines', 'Okafor'],
  ['Tomasz', 'Wrona'],
  ['Agneta', 'Lindqvist'],
  ['Ravi', 'Menon'],
  ['Chiara', 'Bellini'],
  ['Joris', 'van Rijn'],
  ['Mei', 'Tanaka-Holt'],
  ['Idris', 'Bakary'],
  ['Petra', 'Novotná'],
  ['Esteban', 'Quiroga'],
] as const

export const agents: readonly Employee[] = agentNames.map(([firstName, lastName], k) => ({
  number: k + 2,
  firstName,
  lastName,
  name: `${firstName} ${lastName}`,
  role: 'agent',
}))

export const supervisor: Employee = {
  number: 1,
  firstName: 'Wilhelmina',
  lastName: 'Adeyemi',
  name: 'Wilhelmina Adeyemi',
  role: 'supervisor',
}

/** The execution users that client credentials act for. */
export function executionUser(k: number): Employee {
  return {
    number: 900 + k,
    firstName: 'Archive',
    lastName: `Integration ${k + 1}`,
    name: `Archive Integration ${k + 1}`,
    role: 'integration',
  }
}

export const bot: { readonly number: number; readonly name: string } = { number: 1, name: 'Olivia' }

/** The system's own user. */
export const automatedProcess: Employee = {
  number: 0,
  firstName: 'Automated',
  lastName: 'Process',
  name: 'Automated Process',
  role: 'integration',
}

/** What an employee signs in as. */
export function usernameOf({ name }: Employee): string {
  const local = name
    .normalize('NFD')
    .replace(/[^A-Za-z0-9]+/g, '.')
    .toLowerCase()
  return `${local}@harbour-pine.example`
}
