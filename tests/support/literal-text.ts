/** Finds text that people would read but no catalogue holds: in JSX, and in the attributes that browsers show or speak. */
import ts from 'typescript'

export interface LiteralText {
  readonly file: string
  /** Counts from 1. */
  readonly line: number
  readonly text: string
}

const spokenAttributes: ReadonlySet<string> = new Set([
  'title',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'placeholder',
  'alt',
  'label',
])

/** @param source text of a .tsx file; `file` only names it in the answer */
export function findLiteralText(file: string, source: string): LiteralText[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX)
  const found: LiteralText[] = []
  const report = (node: ts.Node, text: string) => {
    if (!/\p{L}/u.test(text)) return
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree))
    found.push({ file, line: line + 1, text: text.trim() })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) report(node, node.text)
    if (ts.isJsxAttribute(node) && spokenAttributes.has(node.name.getText(tree)) && node.initializer) {
      for (const literal of shownLiterals(node.initializer)) report(literal, literal.text)
    }
    if (ts.isJsxExpression(node) && node.expression && isChild(node)) {
      for (const literal of shownLiterals(node.expression)) report(literal, literal.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function isChild(node: ts.JsxExpression): boolean {
  return ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent)
}

type Literal = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral

/** The literals that an expression can become, through `?:`, `||`, `&&`, `??` and brackets; not arguments of calls. */
function shownLiterals(node: ts.Node): readonly Literal[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node]
  if (ts.isJsxExpression(node)) return node.expression ? shownLiterals(node.expression) : []
  if (ts.isParenthesizedExpression(node)) return shownLiterals(node.expression)
  if (ts.isConditionalExpression(node))
    return [...shownLiterals(node.whenTrue), ...shownLiterals(node.whenFalse)]
  if (ts.isBinaryExpression(node))
    return [...shownLiterals(node.left), ...shownLiterals(node.right)].filter(isOutcome)
  return []
}

/** A literal that is compared with is not shown. */
function isOutcome({ parent }: Literal): boolean {
  if (!ts.isBinaryExpression(parent)) return true
  return [
    ts.SyntaxKind.BarBarToken,
    ts.SyntaxKind.AmpersandAmpersandToken,
    ts.SyntaxKind.QuestionQuestionToken,
    ts.SyntaxKind.PlusToken,
  ].includes(parent.operatorToken.kind)
}
