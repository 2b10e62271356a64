/** What of all the pictures is wanted, as the command line says it. */
import { parseArgs } from 'node:util'
import type { View } from '../browser.ts'

export type ShotView = Required<Omit<View, 'height'>>

export interface ShotOptions {
  readonly isWanted: (name: string) => boolean
  readonly isViewWanted: (view: ShotView) => boolean
  readonly hasSheets: boolean
}

const usage = `npm run shots -- [NAME…] [--at 390.light.pt-BR]… [--sheets]
  NAME      only pictures with one of these in their name
  --at      only in this view: width, theme and language, each may be left out (390, dark.en)
  --sheets  lays the pictures side by side as well, half as large, in .shots/sheets/`

/** @throws for an option that there is not, with those that there are */
export function readOptions(args: readonly string[]): ShotOptions {
  const { values, positionals } = parse(args)
  return {
    isWanted: (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
    isViewWanted: ({ width, theme, locale }) => {
      const has = [String(width), theme, locale]
      return (
        values.at.length === 0 || values.at.some((at) => at.split('.').every((part) => has.includes(part)))
      )
    },
    hasSheets: values.sheets,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        at: { type: 'string', multiple: true, default: [] },
        sheets: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error })
  }
}
