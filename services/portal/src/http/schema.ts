// JSON schemas of protocol messages, derived from their descriptors: what `json.ts` writes and reads, said as a schema.
// Answers name every field as required (but for messages that may be absent); inputs leave every field optional: the services name what is missing.
import { commentOf, type DescEnum, type DescField, type DescMessage, messageNamed, ScalarType } from '@deskfleet/protocol/descriptors';
import { type TSchema, Type } from 'typebox';

export type Direction = 'answer' | 'input';

const MONEY = 'deskfleet.common.v1.Money';

/** Messages whose short names two contexts share. */
const ALIASES: Readonly<Record<string, string>> = { 'deskfleet.agents.v1.Assignment': 'ConversationAssignment' };

/** "SENDER_SHOP_STAFF" of enum Sender -> "shop-staff". */
export function enumWord(described: DescEnum, value: number): string {
  const name = described.value[value]?.name ?? `${value}`;
  return name.slice(enumPrefix(described).length).toLowerCase().replaceAll('_', '-');
}

function enumPrefix(described: DescEnum): string {
  return `${described.name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_`;
}

export function isMoney(message: DescMessage): boolean {
  return message.typeName === MONEY;
}

/** The component schemas a set of routes refers to. Two messages of one name are refused: give one an alias. */
export class Components {
  readonly #schemas = new Map<string, { readonly typeName: string; schema: TSchema }>();

  /** A reference to the message's component, which is added with all it refers to. */
  ref(typeName: string, direction: Direction): TSchema {
    const name = this.#nameOf(typeName, direction);
    const known = this.#schemas.get(name);
    if (known === undefined) {
      const entry = { typeName, schema: Type.Object({}) as TSchema };
      this.#schemas.set(name, entry);
      entry.schema = { ...this.objectOf(messageNamed(typeName), direction), $id: name, title: name };
    } else if (known.typeName !== typeName) {
      throw new Error(`two messages are called ${name}: ${known.typeName} and ${typeName}`);
    }
    return Type.Ref(`${name}#`);
  }

  /** The message's own schema, without the fields named in `omit`. */
  objectOf(message: DescMessage, direction: Direction, omit: ReadonlySet<string> = new Set()): TSchema {
    if (isMoney(message)) return moneySchema;
    const properties: Record<string, TSchema> = {};
    const required: string[] = [];
    for (const field of message.fields) {
      if (omit.has(field.localName)) continue;
      const comment = commentOf(field);
      const schema = this.#fieldSchema(field, direction);
      // In an answer a $ref with a sibling description is legal in OpenAPI 3.1; Ajv ignores it in an input.
      properties[field.localName] = comment === '' ? schema : { ...schema, description: comment };
      if (direction === 'answer' && field.fieldKind !== 'message' && !field.proto.proto3Optional) required.push(field.localName);
    }
    const comment = commentOf(message);
    return {
      type: 'object',
      ...(comment === '' ? {} : { description: comment }),
      properties,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
  }

  /** A scalar, enum or list field as a query or path parameter says it. */
  parameterOf(field: DescField): TSchema {
    const comment = commentOf(field);
    const schema = this.#fieldSchema(field, 'input');
    return comment === '' ? schema : { ...schema, description: comment };
  }

  all(): readonly TSchema[] {
    return [...this.#schemas.values()].map((entry) => entry.schema);
  }

  #nameOf(typeName: string, direction: Direction): string {
    const name = ALIASES[typeName] ?? messageNamed(typeName).name;
    return direction === 'answer' || typeName === MONEY ? name : `${name}Input`;
  }

  #fieldSchema(field: DescField, direction: Direction): TSchema {
    switch (field.fieldKind) {
      case 'scalar':
        return scalarSchema(field.scalar);
      case 'enum':
        return enumSchema(field.enum);
      case 'message':
        return this.ref(field.message.typeName, direction);
      case 'list':
        return Type.Array(
          field.listKind === 'message'
            ? this.ref(field.message.typeName, direction)
            : field.listKind === 'enum'
              ? enumSchema(field.enum)
              : scalarSchema(field.scalar),
        );
      case 'map':
        return {
          type: 'object',
          additionalProperties:
            field.mapKind === 'message'
              ? this.ref(field.message.typeName, direction)
              : field.mapKind === 'enum'
                ? enumSchema(field.enum)
                : scalarSchema(field.scalar),
        };
    }
  }
}

function enumSchema(described: DescEnum): TSchema {
  return { type: 'string', enum: described.values.map((value) => enumWord(described, value.number)) };
}

function scalarSchema(scalar: ScalarType): TSchema {
  switch (scalar) {
    case ScalarType.STRING:
      return Type.String();
    case ScalarType.BOOL:
      return Type.Boolean();
    case ScalarType.BYTES:
      return Type.String({ contentEncoding: 'base64' });
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return Type.Number();
    default:
      return Type.Integer();
  }
}

const moneySchema: TSchema = Type.Object(
  {
    currency: Type.String({ description: 'ISO 4217', pattern: '^[A-Z]{3}$' }),
    amount: Type.String({ description: 'exact decimal, e.g. "315.00"', pattern: '^-?\\d+(\\.\\d+)?$' }),
  },
  { description: 'An exact amount.', additionalProperties: false },
);
