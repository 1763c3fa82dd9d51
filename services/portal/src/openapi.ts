// Writes the OpenAPI document to standard output, or to the path given: `node services/portal/src/openapi.ts [PATH]`.
import { writeFileSync } from 'node:fs';
import { openApiDocument } from './http/document.ts';

const text = `${JSON.stringify(await openApiDocument(), undefined, 2)}\n`;
const path = process.argv[2];
if (path === undefined) process.stdout.write(text);
else writeFileSync(path, text);
