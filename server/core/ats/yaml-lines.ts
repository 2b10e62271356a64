/** YAML of ATS's files as nodes that know their lines. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type LineFinding, lineFinding } from '../import-finding.ts'

/** A list below one top-level key, as ip_allow.yaml and sni.yaml are. */
export interface YamlList {
  /** Each item with the line where it begins. */
  readonly items: readonly { readonly line: number; readonly fields: YamlFields | null }[]
  readonly findings: readonly LineFinding[]
}

/** Texts by key; null for what is neither a text nor a list of texts. */
export type YamlFields = ReadonlyMap<string, readonly string[] | null>

/** Never throws: what is no such list is one finding. */
export function readYamlList(text: string, key: string): YamlList {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: false,
    logLevel: 'silent',
    version: '1.2',
  })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const line = counter.linePos(fault.pos[0]).line
    return only(
      Math.max(1, line),
      `This is no YAML, and ATS does not load the file: ${firstLine(fault.message)}`,
    )
  }
  const { contents } = document
  if (contents === null || isNothing(contents)) return { items: [], findings: [] }
  const lineOf = (node: unknown) => Math.max(1, counter.linePos(startOf(node)).line)
  if (!isMap(contents)) return only(lineOf(contents), `The file begins with “${key}:” and a list below it.`)
  const findings: LineFinding[] = []
  const items: { line: number; fields: YamlFields | null }[] = []
  for (const pair of contents.items) {
    const name = textOf(pair.key)
    const value = resolve(document, pair.value)
    if (name !== key) {
      findings.push(
        lineFinding(
          lineOf(pair.key),
          'ENTRY_NOT_POSSIBLE',
          `Nothing is read below this key, only below “${key}:”.`,
        ),
      )
    } else if (isSeq(value)) {
      for (const item of value.items) {
        items.push({ line: lineOf(item), fields: fieldsOf(document, resolve(document, item)) })
      }
    } else if (!isNothing(value)) {
      findings.push(lineFinding(lineOf(pair.key), 'YAML_MALFORMED', `Below “${key}:” stands no list.`))
    }
  }
  return { items, findings }
}

function only(line: number, message: string): YamlList {
  return { items: [], findings: [lineFinding(line, 'YAML_MALFORMED', message)] }
}

function fieldsOf(document: Document, node: unknown): YamlFields | null {
  if (!isMap(node)) return null
  return new Map(
    node.items.map((pair) => [textOf(pair.key) ?? '', textsOf(document, resolve(document, pair.value))]),
  )
}

function textsOf(document: Document, node: unknown): readonly string[] | null {
  const text = textOf(node)
  if (text !== null) return [text]
  if (!isSeq(node)) return null
  const texts = node.items.map((item) => textOf(resolve(document, item)))
  return texts.every((each) => each !== null) ? texts : null
}

/** As it is written: `010` and `yes` are no numbers and truths here. */
function textOf(node: unknown): string | null {
  if (!isScalar(node)) return null
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value ?? ''))
}

/** One step: what an alias names may hold no further aliases, which could grow without end. */
function resolve(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null)
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/ at line.*$/, '') ?? ''
}
