// Who came to a clean-up, as the phones of its leads say it. The same sum on the server and on a phone without a network.
import { foldSearch } from '#lib/fold.ts';

/** What one phone said of one sign-up, or of all who came without one. */
export type Figure = {
	id: string;
	/** Null of those who came without a sign-up. */
	signUpId: string | null;
	device: string;
	/** Settles all that was said before it. */
	isChoice: boolean;
	heads: number;
	/** How many of them are under 16; null of a sign-up, which does not say. */
	minors: number | null;
	/** By the phone's own clock, and growing on each phone whatever that clock does: for the order alone. */
	statedAt: number;
	/** The same by the portal's clock. */
	at: number;
	/** The name of the lead who said it, as the portal knows it; none of what waits on a phone. */
	by?: string | null;
};

/** When the portal gave the list that a word was said from, and how long before, by the phone's clock. */
export type ListAge = { givenAt: number; ageMs: number };

/**
 * When a word was said, by the portal's clock; the one rule of the phone and the portal. The list's time and what passed
 * since counts where it can be true, because a phone puts its clock right when it has a network, which is as it sends.
 * Else the clock does, as it was put right when the word was sent: the phone does not know that yet. Where neither can be
 * true it is the moment from `first` to `last` that is nearest to the list's.
 */
export function saidAt(
	{ givenAt, ageMs }: ListAge,
	{ clock, first = givenAt, last = Infinity }: { clock?: number; first?: number; last?: number } = {},
): number {
	const byList = givenAt + ageMs;
	const known = clock === undefined ? [byList] : [byList, clock];
	return known.find((at) => at >= first && at <= last) ?? Math.min(last, Math.max(first, byList));
}

const later = (a: Figure, b: Figure, by: 'statedAt' | 'at') => a[by] - b[by] || (a.id < b.id ? -1 : 1);
const newest = (figures: Figure[], by: 'statedAt' | 'at'): Figure | undefined =>
	[...figures].sort((a, b) => later(a, b, by)).at(-1);

/** `Map.groupBy` is missing on older phones. */
function groupBy<Key>(figures: Figure[], keyOf: (each: Figure) => Key): Map<Key, Figure[]> {
	const groups = new Map<Key, Figure[]>();
	for (const each of figures) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
	return groups;
}

/** One phone's words follow each other by its own count, those of two by the portal's clock. */
const isAfter = (each: Figure, other: Figure): boolean =>
	each.device === other.device ? each.statedAt > other.statedAt : each.at > other.at;

/** What each phone said last, in the order in which they said it. */
function lastOfEach(figures: Figure[]): Figure[] {
	return [...groupBy(figures, ({ device }) => device).values()]
		.map((each) => newest(each, 'statedAt')!)
		.sort((a, b) => later(a, b, 'at'));
}

export type Presence = {
	heads: number;
	/** What stands of each phone, nobody left out. */
	said: Figure[];
	/** Two phones differ, and nobody has said which counts: the larger does until then. */
	isOpen: boolean;
};

/**
 * How many came of one sign-up. Two phones that say the same count once. A choice settles what was said before it; what
 * a phone says later stands again. A phone that takes back what it said takes back nothing of another's.
 */
export function presenceOf(figures: Figure[]): Presence {
	const choice = lastOfEach(figures.filter(({ isChoice }) => isChoice)).at(-1);
	const said = lastOfEach(figures.filter(({ isChoice }) => !isChoice));
	const open = said.filter((each) => choice === undefined || isAfter(each, choice));
	const heads = open.map((each) => each.heads);
	return {
		heads: open.length === 0 ? (choice?.heads ?? 0) : Math.max(...heads),
		said: said.filter((each) => each.heads > 0),
		isOpen: new Set(heads.filter((count) => count > 0)).size > 1,
	};
}

export type WalkIns = { heads: number; minors: number };

/** Those who came without a sign-up: each phone counts for itself, and all phones together are the sum. */
export function walkInsOf(figures: Figure[]): WalkIns {
	const last = lastOfEach(figures.filter(({ signUpId }) => signUpId === null));
	const sum = (of: (each: Figure) => number) => last.reduce((total, each) => total + of(each), 0);
	return { heads: sum((each) => each.heads), minors: sum((each) => each.minors ?? 0) };
}

/** The same as one phone knows it: its own count, and what it last heard of the others; undefined where it heard nothing. */
export function knownWalkIns(
	figures: Figure[],
	device: string,
): { own: WalkIns; others: WalkIns | undefined } {
	const others = figures.filter((each) => each.signUpId === null && each.device !== device);
	return {
		own: walkInsOf(figures.filter((each) => each.device === device)),
		others: others.length > 0 ? walkInsOf(others) : undefined,
	};
}

/** What this phone said last of a sign-up, or of those without one. */
export const ownFigure = (figures: Figure[], device: string, signUpId: string | null): Figure | undefined =>
	newest(
		figures.filter((each) => each.device === device && each.signUpId === signUpId && !each.isChoice),
		'statedAt',
	);

/** The figures by the sign-up that they are of. */
export const bySignUp = (figures: Figure[]): Map<string | null, Figure[]> =>
	groupBy(figures, ({ signUpId }) => signUpId);

/** Everybody who came, and how many sign-ups still have two figures. */
export function sumPresent(figures: Figure[]): { heads: number; open: number } {
	const all = { heads: walkInsOf(figures).heads, open: 0 };
	for (const [signUpId, each] of bySignUp(figures)) {
		if (signUpId === null) continue;
		const { heads, isOpen } = presenceOf(each);
		all.heads += heads;
		if (isOpen) all.open += 1;
	}
	return all;
}

/** The digits of a code, however somebody typed them. */
export const readCode = (text: string): string =>
	/(?:^|#ma=)([\d\s.-]+)$/.exec(text.trim())?.[1]?.replace(/\D/g, '') ?? '';

/** What a code is known by on a lead's phone: its SHA-256 begins so. */
export const codeText = (eventId: string, code: string): string => `${eventId}:${code}`;
export const HASH_DIGITS = 20;

/** True when a name holds the words that were typed, in any order, without their marks. */
export function isNamed(name: string, typed: string): boolean {
	const folded = foldSearch(name);
	return foldSearch(typed)
		.split(' ')
		.every((word) => folded.includes(word));
}

/** Who is expected. */
export type Row = {
	id: string;
	kind: 'person' | 'unit';
	name: string;
	headCount: number;
	status: 'active' | 'waiting' | 'offered' | 'cancelled';
	/** What its code is known by. */
	hash: string;
};

/** The list of an event as the portal gives it. */
export type Fresh = {
	event: string;
	/** Whose it is: check-ins are sent under this account alone. */
	account: string;
	title: string;
	/** When it leaves the phone. */
	until: number;
	/** When the portal gave it, by its clock. */
	now: number;
	rows: Row[];
	figures: Figure[];
};
/** The same on a phone. */
export type List = Fresh & {
	/** Under which this phone counts. */
	device: string;
	/** By this phone's clock. */
	savedAt: number;
};
