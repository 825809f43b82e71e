// What a row that somebody wrote in a role was about, or how they decided, in words.
import type { MessageKey } from '#lib/i18n.ts';

const KINDS = [
	...(['scrap_sale', 'gift', 'opening_balance', 'payment', 'reversal', 'transfer_out'] as const),
	...(['transfer_in', 'cash_difference', 'bank_move'] as const),
];
const SLIPS = ['bank_deposit', 'bank_withdrawal'] as const;
const PURPOSES = ['health_insurance_card', 'scholarship', 'tet_gift', 'hardship', 'other_welfare'] as const;
const STEPS = [
	...(['private', 'approved', 'refused', 'recorded', 'confirmed', 'returned'] as const),
	...(['approve', 'return', 'close', 'reopen', 'vi', 'en'] as const),
];
const PROBLEMS = ['wrong_pin', 'damage', 'rubbish'] as const;
const WORDS: Record<string, MessageKey> = Object.fromEntries([
	...KINDS.map((kind) => [kind, `fund:kind.${kind}` as const] as const),
	...SLIPS.map((kind) => [kind, `fund:statement.kind.${kind}` as const] as const),
	...PURPOSES.map((kind) => [kind, `fund:purpose.${kind}` as const] as const),
	...PROBLEMS.map((kind) => [kind, `green-houses:problem.kind.${kind}` as const] as const),
	...STEPS.map((kind) => [kind, `privacy:step.${kind}` as const] as const),
]);

/** The sentence for a code that stands in the tables; undefined for one that has none. */
export const wordsOfKind = (kind: string): MessageKey | undefined => WORDS[kind];
