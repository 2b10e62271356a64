/** What README.md and docs/ name has to be there: files, commands, settings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { variables } from '../server/settings.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const textOf = (page: string) => readFileSync(join(root, page), 'utf8')
const readme = textOf('README.md')
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }

/** Folders whose paths are ours; what is built, installed or kept at run time may be absent. */
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !/^(\.(?!ci$)|dist$|node_modules$)/.test(entry.name))
  .map((entry) => entry.name)

/** Words in backticks that are paths into one of our folders; patterns such as `*.ts` are none. */
function pathsIn(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, span = '']) => span.split(/\s+/))
  return spans.filter(
    (word) => /^[\w.@/-]+$/.test(word) && folders.some((name) => word.startsWith(`${name}/`)),
  )
}

/** Targets of Markdown links that stay inside the repository, from its root. */
function linksIn(page: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets
    .filter((target) => !/^(https?:|#)/.test(target))
    .map((target) => normalize(join(dirname(page), target.replace(/#.*$/, ''))))
}

function npmScriptsIn(text: string): string[] {
  const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  const short = [...text.matchAll(/npm (start|test)\b/g)].map(([, name = '']) => name)
  return [...named, ...short]
}

/** First cells of the table below a heading, without backticks. */
function firstCells(text: string, heading: string): string[] {
  const section = text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell)
}

describe.each(pages)('%s', (page) => {
  const text = textOf(page)

  test('every file and folder that it names is there', () => {
    const named = [...pathsIn(text), ...linksIn(page, text)]
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('every npm script that it names exists', () => {
    expect(npmScriptsIn(text).filter((name) => !(name in scripts))).toEqual([])
  })
})

test('the command table has every script of package.json, and no other', () => {
  const listed = firstCells(readme, 'Commands').flatMap(npmScriptsIn)
  expect(listed.sort()).toEqual(Object.keys(scripts).sort())
})

test('the settings table has every variable that the server reads, and no other', () => {
  expect(firstCells(readme, 'Settings of the server').sort()).toEqual(Object.keys(variables).sort())
})

test('the walk through one approval goes from the page to the agent and back', () => {
  const walk = linksIn('README.md', readme.split('## Follow one approval\n')[1]?.split('\n## ')[0] ?? '')
  expect(new Set(walk).size).toBe(walk.length)
  expect(walk.at(0)).toMatch(/^web\//)
  expect(walk.at(-1)).toMatch(/^web\//)
  for (const program of ['server/', 'agent/'])
    expect(walk.some((path) => path.startsWith(program))).toBe(true)
})

test('the folder map has every folder of the repository', () => {
  const map = firstCells(readme, 'Where things are').map((path) => path.split('/')[0])
  expect(folders.filter((name) => name !== '.ci' && !map.includes(name))).toEqual([])
})

test('every decision is in their index', () => {
  const notes = pages.filter((page) => /^docs\/decisions\/\d/.test(page))
  expect(linksIn('docs/decisions/README.md', textOf('docs/decisions/README.md')).sort()).toEqual(notes.sort())
})

test('a path, a link and a script that are not there are found', () => {
  const planted =
    'Read `server/nowhere.ts`, [this](docs/none.md#part), `npm run nothing` and `parent.config`.'
  expect(pathsIn(planted)).toEqual(['server/nowhere.ts'])
  expect(linksIn('README.md', planted)).toEqual(['docs/none.md'])
  expect(npmScriptsIn(planted)).toEqual(['nothing'])
})
