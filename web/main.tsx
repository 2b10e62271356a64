/** The web app's entry: language first, then the session, then the pages. */
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { firstFormats } from './format.ts'
import { loadTexts, locale, preferredLocale, setLocale } from './locales/i18n.ts'
import { resumeSession } from './session.ts'
import { idle } from './turns.ts'
import './styles.css'

const root = document.getElementById('app')
if (!root) throw new Error('index.html has no #app')
void resumeSession()
void setLocale(preferredLocale())
  .then(() => loadTexts('shell'))
  .finally(() => render(() => <App />, root))
  .then(makeFormats)

/** While the session is asked for: else the first rows would wait for them. */
async function makeFormats(): Promise<void> {
  for (const make of firstFormats) {
    await idle()
    make(locale())
  }
}
