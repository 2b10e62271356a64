/** Reads like a pull request: what changed in words and in files, whom it reaches, and one decision. */
import { useParams, useSearchParams } from '@solidjs/router'
import { createMemo, onMount, Show } from 'solid-js'
import { AtsGeneration } from '#core/vocabulary'
import { preloadFileDiff } from '../../diff/FileDiff.tsx'
import { ChangeStops } from '../../diff/stops.tsx'
import { t } from '../../locales/i18n.ts'
import { Missing } from '../../Missing.tsx'
import { createQuery, type LiveQuery } from '../../query.ts'
import { createCircumstances } from '../../route/circumstances.ts'
import type { SessionUser } from '../../session.ts'
import { InTurn } from '../../ui/InTurn.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { QueryPanel, setPageTitle } from '../../words.tsx'
import { both, createFetched } from '../fetched.ts'
import { SidesDiff } from '../SidesDiff.tsx'
import { createSideChanges } from '../sideChanges.ts'
import { createAcknowledgement } from './acknowledgement.ts'
import { DecisionBar } from './DecisionBar.tsx'
import { FilesPanel } from './FilesPanel.tsx'
import { HistoryPanel } from './HistoryPanel.tsx'
import { createProgress, ProgressPanel } from './ProgressPanel.tsx'
import { baseOf, checksDocument, filesDocument, type ReviewChecks, reviewDocument } from './queries.ts'
import { ReachPanel } from './ReachPanel.tsx'
import { ReviewHeader } from './ReviewHeader.tsx'
import { RouteTestsPanel } from './RouteTestsPanel.tsx'
import { createSnapshot } from './snapshot.ts'
import { fetchOutcomes } from './testOutcomes.ts'
import { WarningsPanel } from './WarningsPanel.tsx'

export type GenerationName = keyof typeof AtsGeneration
const generations = Object.keys(AtsGeneration) as GenerationName[]

export function ReviewPage(props: { readonly user: SessionUser }) {
  const params = useParams<{ id: string }>()
  const [search, setSearch] = useSearchParams<{ ats: string }>()
  const review = createQuery(reviewDocument, {
    variables: () => ({ id: params.id }),
    subjects: ['CONFIG', 'PROXY', 'SETTINGS'],
  })
  const config = () => review.data()?.config
  const base = createMemo(() => {
    const known = config()
    return known && baseOf(known)
  })
  /** Differs whenever the rules on either side may. */
  const contentKey = createMemo(() => `${config()?.revision} ${base()?.id} ${config()?.configHash}`)
  const compared = () =>
    config() && { id: params.id, baseId: base()?.id ?? '', hasBase: base() !== undefined }
  const generation = () => generations.find((name) => AtsGeneration[name] === search.ats) ?? 'ATS_9_2'

  const checks = createSnapshot(checksDocument, {
    variables: () => (config() ? { id: params.id } : null),
    key: contentKey,
  })
  // The working copy may have changed whenever the key has; a version never does.
  const changes = createSideChanges(
    () => params.id,
    () => (config() ? (base()?.id ?? 'none') : null),
    () => (config() ? 'working' : null),
    (side) => (side === 'working' ? `working ${contentKey()}` : side),
  )
  const files = createSnapshot(filesDocument, {
    variables: () => {
      // After the rules: of a large config these are megabytes, and nobody reads them first.
      const known = compared()
      return known && changes.data() ? { ...known, generation: generation() } : null
    },
    key: contentKey,
  })
  const circumstances = createCircumstances()
  const outcomes = both(
    circumstances,
    createFetched(
      () => {
        const [known, differences] = [circumstances.data(), changes.data()]
        const isReady = known && differences && isAskable(checks.data()?.config)
        return isReady ? `${contentKey()} ${known.outboundExceptions.join(' ')}` : null
      },
      () =>
        fetchOutcomes(
          params.id,
          (changes.data()?.after.routeTests.length ?? 0) > 0,
          circumstances.data() ?? { outboundExceptions: [] },
        ),
    ),
  )
  const isRunning = () => config()?.status === 'ACTIVE'
  const progress = createProgress(() => (isRunning() ? params.id : null))
  const acknowledgement = createAcknowledgement(() => checks.data()?.config.warnings ?? [], contentKey)
  onMount(preloadFileDiff)
  setPageTitle(() => {
    const name = config()?.name
    return name && t('review.title', { name })
  })

  return (
    <QueryPanel query={review} rows={10} missing={<Missing kind="config" />}>
      {(data) => (
        <ChangeStops>
          <ReviewHeader config={data().config} base={base()} />
          <DecisionBar
            answer={data()}
            checks={checks.data()?.config}
            files={files.data()}
            acknowledgement={acknowledgement}
            user={props.user}
            onDone={review.refetch}
          />
          <Show when={isRunning()}>
            <ProgressPanel query={progress} approvedAt={data().config.activeVersion?.approvedAt ?? null} />
          </Show>
          {/* Panels are as high as they are: what stands below comes after them, and never jumps. */}
          <Show
            when={isSettled(checks) && (!isRunning() || isSettled(progress))}
            fallback={<Skeleton rows={10} label={t('state.loading')} />}
          >
            <InTurn>
              <QueryPanel query={checks} rows={2}>
                {(answer) => (
                  <WarningsPanel
                    configId={params.id}
                    checks={answer().config}
                    acknowledgement={acknowledgement}
                    isPending={data().config.status === 'PENDING_APPROVAL'}
                  />
                )}
              </QueryPanel>
            </InTurn>
            <InTurn>
              <Panel
                title={t('review.changes')}
                note={
                  base()
                    ? t(data().config.status === 'ACTIVE' ? 'review.sinceBefore' : 'review.since', {
                        number: base()?.number ?? 0,
                      })
                    : t('review.firstVersion')
                }
                isFlush
                class="mb-4"
              >
                <SidesDiff changes={changes} rows={6} sameText={t('review.noChanges')} />
              </Panel>
            </InTurn>
            <Show when={isSettled(changes) && (!isAskable(checks.data()?.config) || isSettled(outcomes))}>
              <Show when={isAskable(checks.data()?.config)}>
                <InTurn>
                  <QueryPanel query={outcomes} rows={3}>
                    {(known) => <RouteTestsPanel configId={params.id} outcomes={known().after} />}
                  </QueryPanel>
                </InTurn>
              </Show>
              <InTurn>
                <ReachPanel config={data().config} />
              </InTurn>
              <InTurn>
                <FilesPanel
                  query={files}
                  generation={generation()}
                  generations={generations}
                  onGeneration={(name) =>
                    setSearch({ ats: AtsGeneration[name] }, { replace: true, scroll: false })
                  }
                />
              </InTurn>
              <InTurn>
                <HistoryPanel configId={params.id} />
              </InTurn>
            </Show>
          </Show>
        </ChangeStops>
      )}
    </QueryPanel>
  )
}

/** Routes can be worked out: nothing is wrong but, at most, tests that fail. */
function isAskable(checks: ReviewChecks | undefined): boolean {
  return checks?.problems.every(({ code }) => code === 'ROUTE_TEST_FAILED') ?? false
}

/** Answered or refused: it is as high as it will be. */
function isSettled(query: LiveQuery<unknown>): boolean {
  return query.data() !== undefined || query.error() !== undefined
}
