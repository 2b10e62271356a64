/** The colours of both themes, measured: what can be read, and what can be made out. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Theme = 'light' | 'dark'
const themes: readonly Theme[] = ['light', 'dark']
const tokens = new Map<string, Readonly<Record<Theme, string>>>()
const css = readFileSync('web/styles.css', 'utf8')
for (const [, name = '', light = '', dark = ''] of css.matchAll(
  /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g,
)) {
  tokens.set(name, { light, dark })
}

const surfaces = ['bg', 'sidebar', 'surface', 'raised', 'sunken', 'hover'] as const
const tones = ['ok', 'warn', 'bad', 'info', 'accent'] as const

/** WCAG 2.2: 4.5:1 for text, 3:1 for what shows where a control is and whether it has the focus. */
const pairs: readonly { readonly front: string; readonly back: string; readonly least: number }[] = [
  ...surfaces.flatMap((back) => ['text', 'muted'].map((front) => ({ front, back, least: 4.5 }))),
  ...tones.flatMap((front) =>
    ['surface', 'raised', 'bg', 'hover'].map((back) => ({ front, back, least: 4.5 })),
  ),
  ...tones.map((front) => ({ front, back: `${front}-soft`, least: 4.5 })),
  ...tones.flatMap((tone) => ['text', 'muted'].map((front) => ({ front, back: `${tone}-soft`, least: 4.5 }))),
  { front: 'on-accent', back: 'accent', least: 4.5 },
  { front: 'on-accent', back: 'accent-strong', least: 4.5 },
  ...['surface', 'raised', 'bg', 'sidebar'].map((back) => ({ front: 'line-strong', back, least: 3 })),
  ...surfaces.map((back) => ({ front: 'accent', back, least: 3 })),
  ...[1, 2, 3, 4].map((line) => ({ front: `chart-${line}`, back: 'surface', least: 3 })),
]

describe.each(themes)('in the %s theme', (theme) => {
  test.each(pairs)('$front on $back has at least $least:1', ({ front, back, least }) => {
    expect(contrast(colour(front, theme), colour(back, theme))).toBeGreaterThanOrEqual(least)
  })

  test.each(surfaces)('while the connection is lost, text and muted words on %s stay readable', (back) => {
    const [, grey = '', opacity = ''] = /grayscale\(([\d.]+)\) opacity\(([\d.]+)\)/.exec(css) ?? []
    expect(Number(grey)).toBeGreaterThan(0)
    for (const front of ['text', 'muted']) {
      const behind = colour('bg', theme)
      const faded = (of: readonly number[]) => mixed(of, behind, Number(opacity))
      expect(contrast(faded(colour(front, theme)), faded(colour(back, theme)))).toBeGreaterThanOrEqual(4.5)
    }
  })
})

test('every colour has a value for each theme', () => {
  expect(tokens.size).toBeGreaterThan(20)
  const declared = [...css.matchAll(/--color-([\w-]+): var/g)].map(([, name]) => name)
  expect([...tokens.keys()].sort()).toEqual(declared.sort())
})

function colour(name: string, theme: Theme): readonly number[] {
  const hex = tokens.get(name)?.[theme] ?? ''
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
}

function mixed(front: readonly number[], back: readonly number[], opacity: number): readonly number[] {
  return front.map((value, at) => value * opacity + (back[at] ?? 0) * (1 - opacity))
}

function contrast(one: readonly number[], other: readonly number[]): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
