import { join } from 'node:path'
import type { Node } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isConditionalExpression,
  isIdentifier,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
} from 'typescript/unstable/ast/is'
import { API, type Checker, SymbolFlags, type Type } from 'typescript/unstable/sync'
import { root, sourcesIn } from '../workspace.ts'

/** The events that `--json` prints, by type: the fields each can have. One that not every event of the type has ends in `?`. */
export type EventSurface = ReadonlyMap<string, readonly string[]>

/** Finds every event that the program prints, and asks the compiler which fields it has. */
export function eventSurface(): EventSurface {
  const api = new API({ cwd: root })
  try {
    const config = join(root, 'tsconfig.json')
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (!project) throw new Error('the compiler does not know tsconfig.json')
    const { program, checker } = project
    const shapes: Shape[] = []
    for (const { path, isTest } of sourcesIn('apps/custody/src')) {
      // Those who observe a command are told what the console was; they print nothing.
      if (isTest || path.includes('/observing/')) continue
      const file = program.getSourceFile(join(root, path))
      if (!file) throw new Error(`the compiler does not know ${path}`)
      for (const argument of printed(file)) {
        const found = shapesOf(argument, checker)
        const line = file.text.slice(0, argument.pos).split('\n').length
        if (found.length === 0) throw new Error(`${path}:${line} prints an event whose type is not known beforehand`)
        shapes.push(...found)
      }
    }
    return merged(shapes)
  } finally {
    api.close()
  }
}

interface Shape {
  readonly type: string
  readonly fields: readonly { readonly name: string; readonly optional: boolean }[]
}

/** What is given to `console.event()`. */
function printed(node: Node): readonly Node[] {
  const found: Node[] = []
  const visit = (child: Node): void => {
    const isTold =
      isCallExpression(child) && isPropertyAccessExpression(child.expression) && child.expression.name.text === 'event'
    if (isTold) found.push(...child.arguments.slice(0, 1))
    child.forEachChild(visit)
  }
  node.forEachChild(visit)
  return found
}

function shapesOf(argument: Node, checker: Checker): readonly Shape[] {
  const type = checker.getTypeAtLocation(argument)
  if (!type) return []
  const written = writtenTypes(argument)
  return membersOf(type).flatMap((member) => {
    const symbols = checker.getPropertiesOfType(member)
    const fields = symbols.map(({ name, flags }) => ({ name, optional: (flags & SymbolFlags.Optional) !== 0 }))
    const kind = symbols.find(({ name }) => name === 'type')
    const kindType = kind && checker.getTypeOfSymbol(kind)
    const known = (kindType ? membersOf(kindType) : []).filter((each) => each.isStringLiteralType())
    // Where `type` is written in place, the compiler takes it for any string.
    const types = known.length > 0 ? known.map(({ value }) => value) : written
    return types.map((name) => ({ type: name, fields }))
  })
}

function membersOf(type: Type): readonly Type[] {
  return type.isUnionType() ? type.getTypes().flatMap(membersOf) : [type]
}

/** The words that stand behind `type:` in an object literal. */
function writtenTypes(argument: Node): readonly string[] {
  if (!isObjectLiteralExpression(argument)) return []
  const words: string[] = []
  for (const property of argument.properties) {
    if (isPropertyAssignment(property) && isIdentifier(property.name) && property.name.text === 'type') {
      const visit = (node: Node): void => {
        if (isStringLiteral(node)) words.push(node.text)
        else if (isConditionalExpression(node)) for (const each of [node.whenTrue, node.whenFalse]) visit(each)
      }
      visit(property.initializer)
    }
  }
  return words
}

function merged(shapes: readonly Shape[]): EventSurface {
  const byType = Map.groupBy(shapes, ({ type }) => type)
  return new Map(
    [...byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, same]) => {
        const names = [...new Set(same.flatMap(({ fields }) => fields.map(({ name }) => name)))].filter(
          (name) => name !== 'type',
        )
        const always = (name: string): boolean =>
          same.every(({ fields }) => fields.some((field) => field.name === name && !field.optional))
        return [type, names.sort().map((name) => (always(name) ? name : `${name}?`))]
      }),
  )
}
