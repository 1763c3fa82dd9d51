// Messages and their HTTP JSON: the schema says what the mapping writes, and what it writes it reads again.
import { codecOf, type UnknownMessage } from '@deskfleet/protocol';
import { type DescField, type DescMessage, messageNamed, ScalarType } from '@deskfleet/protocol/descriptors';
import { ClockKind, ContractTerms, CountingUnit } from '@deskfleet/protocol/terms';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadField, fromHttp, toHttp } from './json.ts';
import { Components, isMoney } from './schema.ts';
import './routes/index.ts'; // registers every context's messages

const ANSWERS = [
  'deskfleet.onboarding.v1.GetContractRequest',
  'deskfleet.onboarding.v1.Contract',
  'deskfleet.conversations.v1.Conversation',
  'deskfleet.sla.v1.GetContractSlaResponse',
  'deskfleet.sla.v1.GetReportResponse',
  'deskfleet.qa.v1.Sample',
  'deskfleet.billing.v1.Invoice',
  'deskfleet.agents.v1.MapAccountsRequest',
];

test.each(ANSWERS)('what is written of any %s passes its schema, and reads back as the same message', (type) => {
  const components = new Components();
  const { $ref } = components.ref(type, 'answer') as { $ref: string } & object;
  const ajv = new Ajv({ strict: false });
  for (const schema of components.all()) ajv.addSchema(schema);
  const validate = ajv.compile({ $ref });
  const codec = codecOf(type);
  if (codec === undefined) throw new Error(`no codec for ${type}`);
  fc.assert(
    fc.property(messageOf(messageNamed(type)), (fields) => {
      const message: UnknownMessage = codec.fromPartial(fields as { $type: string });
      const json = JSON.parse(JSON.stringify(toHttp(message))) as Record<string, unknown>;
      expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
      expect(codec.encode(codec.fromPartial(fromHttp(type, json) as { $type: string })).finish()).toEqual(codec.encode(message).finish());
    }),
    { numRuns: 50 },
  );
});

test('enums are words without their prefix, money is a decimal string', () => {
  const terms = ContractTerms.fromPartial({
    monthlyFee: { currency: 'CNY', minor: 31_500 },
    usage: { unit: CountingUnit.COUNTING_UNIT_BUYER_DAY },
    clauses: [{ clock: ClockKind.CLOCK_KIND_SERVICE_HOURS }],
  });
  expect(toHttp(terms)).toMatchObject({
    monthlyFee: { currency: 'CNY', amount: '315.00' },
    usage: { unit: 'buyer-day' },
    clauses: [{ clock: 'service-hours' }],
  });
});

test('an amount with more digits than its currency has is refused by its place', () => {
  expect(() => fromHttp(ContractTerms.$type, { deposit: { currency: 'CNY', amount: '0.005' } })).toThrow(BadField);
});

function messageOf(described: DescMessage): fc.Arbitrary<object> {
  if (isMoney(described)) return fc.record({ currency: fc.constantFrom('CNY', 'JPY'), minor: fc.integer() });
  return fc.record(Object.fromEntries(described.fields.map((field) => [field.localName, fieldOf(field)])));
}

function fieldOf(field: DescField): fc.Arbitrary<unknown> {
  switch (field.fieldKind) {
    case 'list':
      return fc.array(itemOf(field), { maxLength: 2 });
    case 'map':
      return fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), itemOf(field), { maxKeys: 2, noNullPrototype: true });
    case 'message':
      return fc.option(itemOf(field), { nil: undefined });
    default:
      return itemOf(field);
  }
}

function itemOf(field: DescField): fc.Arbitrary<unknown> {
  if (field.message !== undefined) return messageOf(field.message);
  if (field.enum !== undefined) return fc.constantFrom(...field.enum.values.map(({ number }) => number));
  switch (field.scalar) {
    case ScalarType.STRING:
      return fc.string({ unit: 'binary', maxLength: 5 });
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes));
    default:
      return fc.integer();
  }
}
