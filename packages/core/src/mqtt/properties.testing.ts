// oxlint-disable-next-line no-restricted-imports -- arbitraries for tests; nothing that runs imports this file
import fc from 'fast-check';
import type { Properties, PropertyPlace } from './properties.ts';
import { PROPERTIES } from './propertyTable.ts';
import type { PropertyTypeName } from './propertyTypes.ts';

// Every valid set of properties, for property tests.

const words = fc.oneof(fc.constantFrom('', 'a', 'ÿ'.repeat(70)), fc.stringMatching(/^[a-z0-9 ]{0,12}$/));

const VALUES: { readonly [Type in PropertyTypeName]: (min: number, max: number) => fc.Arbitrary<unknown> } = {
  BYTE: (min, max) => fc.integer({ min, max: Math.min(max, 0xff) }),
  TWO_BYTE_INTEGER: (min) => fc.integer({ min, max: 0xffff }),
  TOPIC_ALIAS: (min) => fc.integer({ min, max: 0xffff }),
  FOUR_BYTE_INTEGER: (min) => fc.oneof(fc.integer({ min, max: 0xffff_ffff }), fc.constant(0xffff_ffff)),
  VARIABLE_BYTE_INTEGER: (min) => fc.oneof(fc.constantFrom(127, 128, 268_435_455), fc.integer({ min, max: 70_000 })),
  STRING: () => words,
  TOPIC_NAME: () => words.map((text) => `${text}/`),
  // mqtt-packet loses an empty value of a name that is repeated.
  STRING_PAIR: () =>
    fc.tuple(
      words,
      words.map((text) => text || 'x'),
    ),
  BINARY: () => fc.uint8Array({ maxLength: 20 }),
};

/** Properties that may stand in `place`, at least one. */
function propertiesOf(place: PropertyPlace): fc.Arbitrary<Properties> {
  const values: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, row] of Object.entries(PROPERTIES)) {
    if (!(row.in as readonly string[]).includes(place)) continue;
    const { min = 0, max = Infinity }: { readonly min?: number; readonly max?: number; readonly id: number } = row;
    const value = VALUES[row.type](min, max);
    if (!('onceIn' in row)) values[name] = value;
    else {
      const maxLength = (row.onceIn as readonly string[]).includes(place) ? 1 : 3;
      values[name] = fc.array(value, { minLength: 1, maxLength });
    }
  }
  return fc
    .record(values, { requiredKeys: [], noNullPrototype: true })
    .filter((properties) => Object.keys(properties).length > 0);
}

/** `{ properties }`, or nothing. */
export function withPropertiesOf(place: PropertyPlace): fc.Arbitrary<{ readonly properties?: Properties }> {
  return fc
    .option(propertiesOf(place), { nil: undefined })
    .map((some) => (some === undefined ? {} : { properties: some }));
}
