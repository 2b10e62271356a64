/** The rules of the working copy in the editor. */
import { allProblems } from '#core/rules'
import { client } from '../client.ts'
import { graphql } from '../graphql.ts'
import type { SessionUser } from '../session.ts'
import { inTurns, turn } from '../turns.ts'
import { QueryPanel } from '../words.tsx'
import type { ConfigFrame } from './ConfigPage.tsx'
import { documentFields, toDocument } from './document.ts'
import { Editor, type Loaded } from './editor/Editor.tsx'
import { createFetched, type Fetched } from './fetched.ts'
import { stepReason } from './steps.ts'

const workingCopyDocument = graphql(
  `
  query WorkingCopy($id: ID!) {
    config(id: $id) { id name description revision proxyIds ...DocumentFields }
  }
`,
  [documentFields],
)

interface EditTabProps {
  readonly frame: ConfigFrame
  readonly user: SessionUser
  readonly onSaved: () => Promise<void>
  readonly onDirty: (isDirty: boolean) => void
}

export function EditTab(props: EditTabProps) {
  const config = () => props.frame.config
  // Only another revision can hold other rules.
  const workingCopy = createFetched(
    () => String(config().revision),
    () => fetchWorkingCopy(config().id),
  )
  return (
    <QueryPanel query={workingCopy} rows={10}>
      {(loaded) => (
        <Editor
          configId={config().id}
          loaded={loaded()}
          running={config().activeVersion}
          why={stepReason(config(), props.user, props.frame.settings.approvalPolicy, 'update')}
          onSaved={props.onSaved}
          onDirty={props.onDirty}
        />
      )}
    </QueryPanel>
  )
}

async function fetchWorkingCopy(id: string): Promise<Fetched<Loaded>> {
  const { data, error } = await client.query(workingCopyDocument, { id }).toPromise()
  if (!data) return { error }
  const { name, description, proxyIds, revision } = data.config
  await turn()
  const document = toDocument(data.config)
  // What is found of a rule is kept with it: the editor's own check of all of them then finds it there.
  await inTurns(document.rules, (rules) => allProblems({ ...document, rules }))
  await turn()
  return { data: { revision, content: { name, description, proxyIds, document } } }
}
