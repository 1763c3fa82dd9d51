// The readable form of the OpenAPI document: one page, no script, nothing from outside.

interface Document {
  readonly info?: { readonly title?: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>> | undefined>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly additionalProperties?: Schema | boolean;
}

const STYLE = `
:root { color-scheme: light dark; font: 14px/1.57 -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
body { margin: 0 auto; padding: 1.5rem; max-width: 64rem; background: light-dark(#FFFFFF, #14181D); color: light-dark(#1A1F26, #E8EBEF); }
a { color: light-dark(#0958D9, #78A9FF); }
code, summary { font-family: ui-monospace, Consolas, monospace; font-size: .95em; }
details { border-top: 1px solid light-dark(#D5DAE1, #333B45); padding: .5rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary span { font-family: -apple-system, "Segoe UI", Roboto, "PingFang SC", sans-serif; opacity: .8; }
table { border-collapse: collapse; margin: .5rem 0; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid light-dark(#EEF1F4, #232A32); }
h2 { margin-top: 2rem; }`;

export function docsPage(source: object): string {
  const document: Document = source;
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).map(([method, operation]) => ({ path, method, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? '');
  const sections = [...byTag].map(
    ([tag, listed]) => `<h2>${text(tag)}</h2>${listed.map(({ path, method, operation }) => operationHtml(path, method, operation)).join('')}`,
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => `<details id="schema-${text(name)}"><summary>${text(name)}</summary>${schemaHtml(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(document.info?.title ?? '')} API</title><style>${STYLE}</style></head>
<body><main><h1>${text(document.info?.title ?? '')} API</h1><p>${text(document.info?.description ?? '')}</p><p><a href="openapi.json">openapi.json</a> (OpenAPI 3.1)</p>
${sections.join('\n')}
<h2>Schemas</h2>${schemas.join('\n')}</main></body></html>`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const parameters = operation.parameters ?? [];
  const body = Object.entries(operation.requestBody?.content ?? {});
  const answers = Object.entries(operation.responses ?? {}).filter(([status]) => status !== 'default');
  return `<details id="${text(operation.operationId ?? '')}"><summary><b>${method.toUpperCase()}</b> ${text(path)} <span>${text(operation.summary ?? '')}</span></summary>
${(operation.description ?? '')
  .split('\n\n')
  .filter(Boolean)
  .map((paragraph) => `<p>${text(paragraph)}</p>`)
  .join('')}
${parameters.length === 0 ? '' : `<table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>${parameters.map(parameterHtml).join('')}</table>`}
${body.map(([media, { schema }]) => `<p>Body <code>${text(media)}</code></p>${schemaHtml(schema ?? {})}`).join('')}
${answers
  .map(
    ([status, { content }]) =>
      `<p>Answer ${text(status)}: ${Object.entries(content ?? {})
        .map(([media, { schema }]) => `<code>${text(media)}</code> ${typeHtml(schema ?? {})}`)
        .join(', ')}</p>`,
  )
  .join('')}
</details>`;
}

function parameterHtml({ name, in: place, required, description, schema }: Parameter): string {
  return `<tr><td><code>${text(name)}</code>${required === true ? ' *' : ''}</td><td>${text(place)}</td><td>${typeHtml(schema ?? {})}</td><td>${text(description ?? '')}</td></tr>`;
}

function schemaHtml(schema: Schema): string {
  if (schema.properties === undefined) return `<p>${typeHtml(schema)} ${text(schema.description ?? '')}</p>`;
  const rows = Object.entries(schema.properties).map(([name, property]) =>
    parameterHtml({ name, in: '', required: schema.required?.includes(name) ?? false, description: property.description ?? '', schema: property }),
  );
  return `${schema.description === undefined ? '' : `<p>${text(schema.description)}</p>`}<table>${rows.join('')}</table>`;
}

function typeHtml(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `<a href="#schema-${text(name)}">${text(name)}</a>`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${text(String(value))}</code>`).join(' | ');
  if (schema.const !== undefined) return `<code>${text(String(schema.const))}</code>`;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeHtml).join(' | ');
  if (schema.type === 'array') return `list of ${typeHtml(schema.items ?? {})}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') return `map of ${typeHtml(schema.additionalProperties)}`;
  if (schema.properties !== undefined) return schemaHtml(schema);
  return text(schema.type ?? 'anything');
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
