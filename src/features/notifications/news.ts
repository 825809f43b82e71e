// News is what happened that people asked to be told of; who is told, and by what, is found out later.

/** By what the news is about. */
export const NEWS_KINDS = {
	event: ['event.announced', 'event.changed', 'event.cancelled', 'event.restored', 'report.overdue'],
	signUp: ['sign-up.offered'],
	house: ['house.full'],
} as const;

export type NewsKind = (typeof NEWS_KINDS)[keyof typeof NEWS_KINDS][number];

/** What changes how an event stands. */
export const CHANGES = ['event.changed', 'event.cancelled', 'event.restored'] as const;
export const isChange = (kind: string): boolean => (CHANGES as readonly string[]).includes(kind);

/** Who was told what is of no use after that. */
export const MESSAGES_KEPT_MS = 90 * 24 * 3_600_000;

/** People have to hear of these before the morning that they are about. */
export const PRESSING: NewsKind[] = [...CHANGES, 'sign-up.offered'];

export const isPressing = (kind: NewsKind): boolean => PRESSING.includes(kind);

export type News = {
	kind: NewsKind;
	/** The event, the sign-up or the house. */
	subjectId: string;
	/** Tells two pieces of one kind and subject apart: the sequence of an event, the instant of an offer. */
	version: string | number;
	isSample: 0 | 1;
	/** The earlier of the starts before and after a change. */
	startsAt?: number;
	/** True for one of many that one act brings: followers of a ward, a house or an organisation are told by another. */
	isNarrow?: boolean;
};

export const NARROW = ':narrow';

/** The same for the same piece. */
export const newsKey = ({ kind, subjectId, version, isNarrow }: News): string =>
	`${kind}:${subjectId}:${version}${isNarrow ? NARROW : ''}`;

/** Whether a piece is for those alone who signed up for the event or follow itself. */
export const isNarrowKey = (dedupeKey: string): boolean => dedupeKey.endsWith(NARROW);

/** The pieces that a message keeps that it tells of. */
export const readSaid = ({ said }: { said: string | null }): string[] =>
	said === null ? [] : (JSON.parse(said) as string[]);

export type Said = { id: string; kind: string; dedupeKey: string; subjectId: string; happenedAt: number };

const versionOf = ({ dedupeKey }: Pick<Said, 'dedupeKey'>) => Number(dedupeKey.split(':')[2]);

/**
 * How a piece of news stands among all the changes that were told of its event: which one it takes back, and whether it
 * was taken back itself, or a later one holds. Only the last change can be taken back, so its version is the one before.
 */
export function standingOf(said: Said[], id: string): { undone: Said | undefined; isOver: boolean } {
	const undoneBy = (restored: Said) =>
		said.find((each) => each.kind !== 'event.restored' && versionOf(each) === versionOf(restored) - 1);
	const restored = said.filter(({ kind }) => kind === 'event.restored');
	const gone = new Set(restored.map((each) => undoneBy(each)?.id));
	const at = said.findIndex((each) => each.id === id);
	const [own, later] = [said[at]!, said.slice(at + 1)];
	const isOvertaken = later.some((each) => each.kind !== 'event.restored' && !gone.has(each.id));
	const undone = own.kind === 'event.restored' ? undoneBy(own) : undefined;
	return { undone, isOver: gone.has(id) || isOvertaken };
}
