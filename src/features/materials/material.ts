// A material of the catalogue. What a house may take at all: 'never' is refused everywhere.
import type { MaterialTable } from '#db/schema.ts';

export type Material = MaterialTable;
export type FactorKind = 'piece_weight' | 'co2e';

/** A dated factor; `value` is milligrams of one piece, or grams of CO2e for one kilogram. */
export type Factor = { id: string; materialCode: string; value: number };
