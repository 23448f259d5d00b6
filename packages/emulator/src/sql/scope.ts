import { SqlError } from './sql-error.ts'
import type { Name, TableReference } from './statement.ts'
import type { Catalog, Column, Table } from './table.ts'

interface Visible {
  readonly alias: Name
  readonly table: Table
}

/** The tables that names can mean, in the order they were joined. */
export class Scope {
  readonly #catalog: Catalog
  readonly #visible: Visible[] = []

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  get catalog(): Catalog {
    return this.#catalog
  }

  get size(): number {
    return this.#visible.length
  }

  add({ name, alias }: TableReference): Table {
    const table = this.#catalog.get(name.text.toLowerCase())
    if (!table || (name.quoted && name.text !== table.name)) {
      throw new SqlError('42P01', `table "${name.text}" does not exist`, name.at)
    }
    const shown = alias ?? name
    if (this.#visible.some((other) => same(other.alias, shown))) {
      throw new SqlError('42712', `table name "${shown.text}" specified more than once`, shown.at)
    }
    this.#visible.push({ alias: shown, table })
    return table
  }

  /** Which table, counted from 0, and which column a name means. */
  resolve(table: Name | undefined, name: Name): { readonly table: number; readonly column: Column } {
    const places = table === undefined ? [...this.#visible.keys()] : [this.#tableNamed(table)]
    const found = places.flatMap((place) => {
      const column = this.#visible[place]?.table.columns.get(name.text.toLowerCase())
      return column && (!name.quoted || name.text === column.name) ? [{ table: place, column }] : []
    })
    const [only, another] = found
    if (another) throw new SqlError('42702', `column reference "${name.text}" is ambiguous`, name.at)
    if (!only) {
      const full = table === undefined ? name.text : `${table.text}.${name.text}`
      throw new SqlError('42703', `column "${full}" does not exist`, name.at)
    }
    return only
  }

  #tableNamed(name: Name): number {
    const place = this.#visible.findIndex(({ alias }) => same(alias, name))
    if (place < 0) throw new SqlError('42P01', `missing FROM-clause entry for table "${name.text}"`, name.at)
    return place
  }
}

function same(a: Name, b: Name): boolean {
  return a.quoted && b.quoted ? a.text === b.text : a.text.toLowerCase() === b.text.toLowerCase()
}
