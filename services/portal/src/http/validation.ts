// Requests against their schemas: bodies strictly, as JSON has types; addresses and headers leniently, as everything there is text.
import { Ajv, type Options } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { isRaw } from './route.ts';

const COMMON: Options = { allErrors: true, strict: false, formats: { date: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/ } };

export function validatorFor(schemas: readonly TSchema[]): FastifySchemaCompiler<TSchema> {
  const strict = new Ajv(COMMON);
  const lenient = new Ajv({ ...COMMON, coerceTypes: 'array' });
  for (const schema of schemas) {
    strict.addSchema(schema);
    lenient.addSchema(schema);
  }
  return ({ schema, httpPart }) => {
    if (httpPart === 'body') return isRaw(schema) ? () => true : strict.compile(schema);
    return lenient.compile(schema);
  };
}
