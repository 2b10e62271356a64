/** What is edited: the rules, as lists or as text, and what stands below them, one part a picture. */
import { ErrorBoundary, lazy, Show, Suspense } from 'solid-js'
import { t, withTexts } from '../../locales/i18n.ts'
import type { RuleLinks } from '../../route/ruleLinks.tsx'
import { InTurn } from '../../ui/InTurn.tsx'
import { Fault, Skeleton } from '../../ui/states.tsx'
import { PanelBoundary } from '../../words.tsx'
import { ClientFields } from './ClientFields.tsx'
import type { PartProps, RuleField } from './fields.ts'
import { ParentFields } from './ParentFields.tsx'
import { ProxyPicker } from './ProxyPicker.tsx'
import { RuleList } from './RuleList.tsx'
import type { TextPosition } from './text/TextView.tsx'

const TextView = lazy(() => import('./text/TextView.tsx').then((file) => ({ default: file.TextView })))
const RouteTestFields = lazy(() =>
  withTexts(
    import('./RouteTestFields.tsx').then((file) => ({ default: file.RouteTestFields })),
    'route',
  ),
)

interface EditorPartsProps extends PartProps {
  readonly configId: string
  readonly isText: boolean
  /** Where the text view jumps to. */
  readonly target: TextPosition | undefined
  readonly links: RuleLinks
  /** Each time that the list is made, with the way to a rule's field. */
  readonly onListReady: (focusRule: (ruleId: string, field: RuleField) => void) => void
  /** Each time that the text is made, with the way to have it read. */
  readonly onTextReady: (read: () => void) => void
  /** To the list, and there to this rule. */
  readonly onLeaveText: (ruleId: string | undefined) => void
}

export function EditorParts(props: EditorPartsProps) {
  return (
    <>
      <Show when={props.isText} fallback={<Lists {...props} />}>
        <ErrorBoundary
          fallback={(_fault, reset) => (
            <Fault title={t('error.panel')} retryLabel={t('action.retry')} onRetry={reset} />
          )}
        >
          <Suspense fallback={<Skeleton rows={12} label={t('state.loading')} />}>
            <TextView
              draft={props.draft}
              problems={props.problems}
              why={props.why}
              target={props.target}
              onReady={props.onTextReady}
              onLeave={props.onLeaveText}
            />
          </Suspense>
        </ErrorBoundary>
      </Show>
      <InTurn>
        <ProxyPicker
          configId={props.configId}
          draft={props.draft}
          problems={props.problems}
          why={props.why}
        />
      </InTurn>
    </>
  )
}

function Lists(props: EditorPartsProps) {
  return (
    <>
      <RuleList draft={props.draft} problems={props.problems} why={props.why} onReady={props.onListReady} />
      {/* What stands below the rules is seldom seen first. */}
      <InTurn>
        <ParentFields draft={props.draft} problems={props.problems} why={props.why} />
      </InTurn>
      <InTurn>
        <ClientFields draft={props.draft} problems={props.problems} why={props.why} />
      </InTurn>
      <InTurn>
        <PanelBoundary>
          <Suspense fallback={<Skeleton rows={3} label={t('state.loading')} />}>
            <RouteTestFields
              draft={props.draft}
              problems={props.problems}
              why={props.why}
              links={props.links}
            />
          </Suspense>
        </PanelBoundary>
      </InTurn>
    </>
  )
}
