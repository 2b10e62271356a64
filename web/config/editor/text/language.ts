/** How the text of a config is coloured: keywords, values, options and notes, line by line. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { tags } from '@lezer/highlight'

interface LineState {
  /** Words read since the line began. */
  words: number
}

const sections = /^(default|failover|parents|clients|rules)\b/
const kinds = /^(domain|host|range)\b/
const choices = /^(direct|parent|allow|deny|off)(?=\s|$)/

/** One rule a line; a `#` begins a comment or a note wherever a word could begin. */
const language = StreamLanguage.define<LineState>({
  name: 'config',
  startState: () => ({ words: 0 }),
  token(stream, state) {
    if (stream.sol()) state.words = 0
    if (stream.eatSpace()) return null
    if (stream.peek() === '#') {
      stream.skipToEnd()
      return 'comment'
    }
    state.words += 1
    if (state.words === 1 && stream.column() === 0 && stream.match(sections)) return 'heading'
    if (state.words === 1 && stream.match(kinds)) return 'keyword'
    if (stream.match(choices)) return 'atom'
    if (stream.match(/^[a-z-]+=/)) return 'propertyName'
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string'
    stream.match(/^\S+/)
    return state.words === 1 ? 'propertyName' : null
  },
  languageData: { commentTokens: { line: '#' } },
})

/** Colours are the app's own variables, so that both themes keep their contrast. */
const highlighting = HighlightStyle.define([
  { tag: tags.heading, color: 'var(--text)', fontWeight: '600' },
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: tags.atom, color: 'var(--info)' },
  { tag: tags.propertyName, color: 'var(--muted)' },
  { tag: tags.string, color: 'var(--ok)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
])

export const configLanguage = [language, syntaxHighlighting(highlighting)]
