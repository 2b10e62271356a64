/** Unit tests of the web app see it in English, with every area's texts at hand. */
import { areas, loadTexts } from '../../web/locales/i18n.ts'

await loadTexts(...areas)
