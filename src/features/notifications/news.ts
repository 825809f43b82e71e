// News is what happened that people asked to be told of; who is told, and by what, is found out later.

/** By what the news is about. */
export const NEWS_KINDS = {
	event: ['event.announced', 'event.changed', 'event.cancelled', 'event.restored', 'report.overdue'],
	signUp: ['sign-up.offered'],
	house: ['house.full'],
} as const;

export type NewsKind = (typeof NEWS_KINDS)[keyof typeof NEWS_KINDS][number];

const PRESSING: NewsKind[] = ['event.changed', 'event.cancelled', 'event.restored', 'sign-up.offered'];

/** Whether people have to hear of it before the morning that it is about. */
export const isPressing = (kind: NewsKind): boolean => PRESSING.includes(kind);

export type News = {
	kind: NewsKind;
	/** The event, the sign-up or the house. */
	subjectId: string;
	/** Tells two pieces of one kind and subject apart: the sequence of an event, the instant of an offer. */
	version: string | number;
	isSample: 0 | 1;
};
