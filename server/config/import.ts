/** Makes a draft from the files of an ATS, and says what they hold that a config can't. */
import { randomUUID } from 'node:crypto'
import { limits } from '../core/config-document.ts'
import { importFiles } from '../core/import-files.ts'
import type { FindingKind, ImportFinding } from '../core/import-finding.ts'
import { type Problem, refuseInput } from '../core/refusal.ts'
import type { Operation } from '../operation.ts'
import { permitFor } from '../permit.ts'
import type { ConfigRow } from './config.read.ts'
import { insertConfig, requireFreeName } from './create.ts'
import { descriptionFrom, nameFrom, requireStorable } from './input.ts'

export interface ImportConfigFilesInput {
  readonly name: string
  readonly description: string
  readonly files: readonly { readonly name: string; readonly content: string }[]
}

export interface ImportedConfig {
  readonly config: ConfigRow
  readonly findings: readonly ImportFinding[]
}

/** @throws Refusal BAD_USER_INPUT, also for files that give nothing; CONFLICT for a name that is taken */
export async function importConfigFiles(
  op: Operation,
  input: ImportConfigFilesInput,
): Promise<ImportedConfig> {
  const user = permitFor(op, 'config.create', null)
  const name = nameFrom(input.name)
  const description = descriptionFrom(input.description)
  requireFiles(input.files)
  const { document: read, findings, isEmpty } = importFiles(input.files)
  if (isEmpty) throw refuseInput([nothingIn(findings)])
  const document = { ...read, rules: read.rules.map((rule) => ({ ...rule, id: randomUUID() })) }
  requireStorable(document)
  await requireFreeName(op, name, null)
  const count = (kind: FindingKind) => findings.filter((finding) => finding.kind === kind).length
  const config = await insertConfig(op, user, 'config.import', {
    name,
    description,
    document,
    audited: {
      importedFiles: input.files.map((file) => file.name).join(', '),
      linesLost: count('lost'),
      linesChanged: count('changed'),
    },
  })
  return { config, findings }
}

function requireFiles(files: ImportConfigFilesInput['files']): void {
  const [first, ...rest]: Problem[] = [
    ...(files.length >= 1 && files.length <= limits.importFiles
      ? []
      : [{ path: 'files', code: 'FILES_COUNT', message: `Name 1 to ${limits.importFiles} files.` }]),
    ...files.flatMap(({ name }, index) =>
      name.trim() !== '' && name.length <= limits.fileNameLength && !name.includes('\0')
        ? []
        : [
            {
              path: `files.${index}.name`,
              code: 'FILE_NAME_MALFORMED',
              message: `A file has a name of at most ${limits.fileNameLength} characters.`,
            },
          ],
    ),
  ]
  if (first) throw refuseInput([first, ...rest])
}

function nothingIn(findings: readonly ImportFinding[]): Problem {
  const [first] = findings.filter(({ kind }) => kind === 'lost')
  const why = first ? ` ${first.file}, line ${first.line}: ${first.message}` : ''
  return {
    path: 'files',
    code: 'NOTHING_TO_IMPORT',
    message: `These files give no rule, no parent and no client rule.${why}`,
  }
}
