// The outbox holds what was written on this phone and has not reached the portal yet. Nothing leaves it but what the
// portal answered for, or what its owner threw away.

/** One record that waits. Older and newer pages share the store: what a page does not know, it leaves alone. */
export type OutboxItem = {
	/** The record's own id, minted on the phone: sending it twice leaves one row. */
	id: string;
	kind: string;
	/** The record as the kind's address takes it. */
	body: Record<string, unknown>;
	/** The language it was written in, in which the portal answers. */
	language: string;
	/** What stands in it: to read, and to copy. */
	text: string;
	/** What the ids in it are called, for whoever corrects it when the form knows them no more. Not sent. */
	names?: Record<string, string>;
	/** Where it can be corrected, with all that was typed. */
	correctPath: string;
	/** By the phone's clock. */
	madeAt: number;
	/** Why the portal refused it; it waits for its owner then. */
	refusal?: string;
	/** What the portal last said it waits for, such as its writer's sign-in; it is tried again all the same. */
	waitsFor?: string;
};

/** Where each kind goes, and what the list of its records is called there. */
export const OUTBOX_KINDS: Record<string, { address: string; list: string; isForm?: boolean }> = {
	'drop-off': { address: '/api/v1/drop-offs', list: 'drop_offs' },
	'house-state': { address: '/api/v1/house-states', list: 'house_states' },
	problem: { address: '/api/v1/problem-reports', list: 'problem_reports' },
	// Bound to the account that measured: the portal takes it from no other.
	'house-survey': { address: '/api/v1/house-surveys', list: 'house_surveys' },
	// One that carries its photo in itself goes as a form does.
	'house-survey-photo': { address: '/api/v1/house-surveys', list: 'house_surveys', isForm: true },
	// Who came to a clean-up, bound to the account of the lead who checked them in.
	attendance: { address: '/api/v1/attendance', list: 'attendance' },
	// A school day's totals, bound to the account of the lead who entered them.
	'class-sheet': { address: '/api/v1/class-sheets', list: 'class_sheets' },
	// The photo of a record, which goes before it: one that is refused takes nothing with it.
	photo: { address: '/api/v1/photos', list: 'photos', isForm: true },
};

/** A photo of another record, under the names of the form that it is sent as; bytes are what every browser's store keeps. */
export type PhotoBody = {
	id: string;
	/** Which kind of record it is of, and its id. */
	of: string;
	record: string;
	hasChildren: '1' | '';
	photo: ArrayBuffer;
};

const recordOf = (item: OutboxItem): unknown => (item.kind === 'photo' ? item.body?.['record'] : undefined);

/** Those that stand for something of their own: a photo counts for itself once its record has gone. */
export const ownItems = (items: OutboxItem[]): OutboxItem[] =>
	items.filter((item) => !items.some(({ id }) => id === recordOf(item)));

/** The photos of a record. */
export const photosOf = (items: OutboxItem[], id: string): OutboxItem[] =>
	items.filter((item) => recordOf(item) === id);

/** What the addresses take at once. */
export const MAX_BATCH = 50;

/** Those that a sending tries now and has not `tried`, oldest first, in batches of one kind. */
export function batches(items: OutboxItem[], tried: ReadonlySet<string> = new Set()): OutboxItem[][] {
	const waiting = ownItems(items).filter(
		({ id, kind, refusal }) => refusal === undefined && Object.hasOwn(OUTBOX_KINDS, kind) && !tried.has(id),
	);
	waiting.sort((a, b) => a.madeAt - b.madeAt);
	const found: OutboxItem[][] = [];
	for (const [kind, { isForm }] of Object.entries(OUTBOX_KINDS)) {
		const own = waiting.filter((item) => item.kind === kind);
		const size = isForm ? 1 : MAX_BATCH;
		for (let start = 0; start < own.length; start += size) found.push(own.slice(start, start + size));
	}
	return found;
}

/** What came of one record: it stands there, it was refused for good, or it waits for a better moment. */
export type Verdict =
	{ id: string; kind: 'sent' } | { id: string; kind: 'refused' | 'waits'; message: string };

type Answer = { results?: { id: string | null; status: number; error?: { message: string } }[] };

/**
 * What a batch's answer says of each record; one that is not named goes on waiting. Only a refusal of the record itself
 * counts: too many requests or a server in trouble are no fault of what was written. A record that waits for its writer to
 * sign in says so.
 */
export function readAnswer(status: number, answer: unknown): Verdict[] {
	if (status !== 200) return [];
	const results = (answer as Answer | null)?.results ?? [];
	return results.flatMap(({ id, status: own, error }): Verdict[] => {
		if (id === null) return [];
		if (own === 200 || own === 201) return [{ id, kind: 'sent' }];
		if (own === 401 && error) return [{ id, kind: 'waits', message: error.message }];
		if (own >= 400 && own < 500 && ![401, 408, 429].includes(own) && error)
			return [{ id, kind: 'refused', message: error.message }];
		return [];
	});
}

/** True when a request as a whole cannot be read, so that its records must go one by one to find the one at fault. */
export const isUnreadable = (status: number): boolean => [400, 413, 415, 422].includes(status);

/** All that waits, ready to paste into a message or to copy into a notebook. */
export const asText = (items: OutboxItem[]): string => items.map(({ text }) => text).join('\n');
