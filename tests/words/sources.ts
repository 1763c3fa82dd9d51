// What services can say to a reader, collected from their source: refusal codes with the facts they carry, and the phrases that name what was
// found and what was expected. A site the collector cannot read is an error, so that nothing is said that no test has seen.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Refusal {
  readonly code: string;
  /** Names of its facts; undefined where they are spread from elsewhere. */
  readonly facts: readonly string[] | undefined;
  readonly at: string;
}

export interface Phrase {
  readonly kind: 'found' | 'expected';
  /** Each hole of a template is a 7. */
  readonly text: string;
  readonly at: string;
}

export interface Collected {
  readonly refusals: Refusal[];
  readonly phrases: Phrase[];
  /** Sites whose code is computed. */
  readonly unread: string[];
}

/** Which argument of a call is the code, and which holds the facts. */
const REFUSING: Readonly<Record<string, { readonly code: number; readonly facts: number }>> = {
  refuse: { code: 0, facts: 1 },
  refuseCall: { code: 0, facts: 1 },
  Problem: { code: 1, facts: 2 },
};
/** Calls whose arguments are code, field, found, expected, or the last three of them. */
const NAMING: Readonly<Record<string, number>> = { problem: 1, BadField: 0 };

/** Everything said in these folders' sources; tests and fixtures say nothing to readers. */
export function saidIn(globs: readonly string[]): Collected {
  const said: Collected = { refusals: [], phrases: [], unread: [] };
  const paths = globs.flatMap((glob) => globSync(glob, { cwd: ROOT })).filter((path) => !/\.test\.ts$|node_modules|\/testing\//.test(path));
  for (const path of paths.sort()) readSource(path, readFileSync(join(ROOT, path), 'utf8'), said);
  return said;
}

/** Adds what one file says. */
export function readSource(path: string, source: string, said: Collected): void {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const at = (node: ts.Node): string => `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) call(node);
    if (ts.isObjectLiteralExpression(node)) object(node);
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'expected' && node.initializer !== undefined) phrase('expected', node.initializer);
    ts.forEachChild(node, visit);
  };
  const call = (node: ts.CallExpression | ts.NewExpression): void => {
    const name = node.expression.getText();
    const argumentsOf = node.arguments ?? ts.factory.createNodeArray();
    const refusing = REFUSING[name];
    if (refusing !== undefined) refusal(node, argumentsOf[refusing.code], argumentsOf[refusing.facts]);
    const naming = NAMING[name];
    if (naming === undefined) return;
    if (naming === 1) refusal(node, argumentsOf[0], undefined, ['field', 'found', 'expected']);
    phrase('found', argumentsOf[naming + 1]);
    phrase('expected', argumentsOf[naming + 2]);
  };
  const object = (node: ts.ObjectLiteralExpression): void => {
    const properties = new Map(node.properties.map((property) => [property.name?.getText() ?? '', property]));
    const initializerOf = (name: string): ts.Expression | undefined => {
      const property = properties.get(name);
      return property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined;
    };
    if (properties.has('accepted') && initializerOf('code') !== undefined) refusal(node, initializerOf('code'), initializerOf('facts'));
    if (properties.has('streamId') || properties.has('events')) return; // `expected` of an append is a version
    phrase('found', initializerOf('found'));
    phrase('expected', initializerOf('expected'));
  };
  const refusal = (node: ts.Node, code: ts.Expression | undefined, facts: ts.Expression | undefined, names?: readonly string[]): void => {
    const codes = textsOf(code);
    if (codes === undefined || code === undefined) said.unread.push(`${at(node)} ${code?.getText() ?? ''}`);
    else for (const one of codes) said.refusals.push({ code: one, facts: names ?? namesIn(facts), at: at(node) });
  };
  const phrase = (kind: Phrase['kind'], node: ts.Expression | undefined): void => {
    for (const text of textsOf(node) ?? []) if (/[a-z]/i.test(text)) said.phrases.push({ kind, text, at: at(node as ts.Node) });
  };
  visit(file);
}

/** The texts an expression can be, holes filled; undefined where it is not written out here. */
function textsOf(node: ts.Expression | undefined): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text + node.templateSpans.map(({ literal }) => `7${literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) {
    const both = [textsOf(node.whenTrue), textsOf(node.whenFalse)].filter((texts) => texts !== undefined);
    return both.length === 0 ? undefined : both.flat();
  }
  return undefined;
}

function namesIn(facts: ts.Expression | undefined): readonly string[] | undefined {
  if (facts === undefined) return [];
  if (!ts.isObjectLiteralExpression(facts) || facts.properties.some(ts.isSpreadAssignment)) return undefined;
  return facts.properties.map((property) => property.name?.getText() ?? '');
}

/** The words a type of string literals allows. */
export function unionIn(path: string, name: string): readonly string[] {
  const file = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = file.statements.find((statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === name);
  if (found === undefined || !ts.isTypeAliasDeclaration(found) || !ts.isUnionTypeNode(found.type)) throw new Error(`${path} has no union ${name}`);
  return found.type.types.map((type) => {
    if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return type.literal.text;
    throw new Error(`${path}: ${name} is not of string literals alone`);
  });
}
