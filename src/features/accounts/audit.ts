// The audit log in words: which acts are written down, and how a list of them is asked for.
import { DomainError } from '#lib/errors.ts';
import { addDays, parseLocalDate, startOfLocalDate } from '#lib/time.ts';
import { ROLES, type Role } from './actor.ts';

/** Every act that is written down, by what it is about; a code stays as it is, its sentence may change. */
export const AUDIT_ACTIONS = {
	account: [
		...(['account.create', 'account.change', 'account.erase', 'password.change'] as const),
		...(['passkey.add', 'passkey.remove', 'totp.add', 'totp.remove'] as const),
		...(['recovery-code.renew', 'recovery-code.use', 'reset-code.issue', 'reset-code.use'] as const),
		...(['second-factor.reset', 'second-factor.refused', 'session.end', 'session.end-others'] as const),
	],
	team: [
		...(['invitation.send', 'invitation.withdraw', 'role.accept', 'role.end'] as const),
		...(['organisation.open', 'organisation.close'] as const),
	],
	privacy: [
		...(['consent.give', 'consent.replace', 'consent.withdraw', 'notice.publish'] as const),
		...(['rights-request.send', 'rights-request.reply', 'rights-request.complete'] as const),
	],
	houses: [
		...(['green-house.import', 'green-house.change', 'green-house.variance-limit'] as const),
		...(['paper-page.withdraw', 'problem-report.close', 'guide.publish'] as const),
		...(['green-house.survey', 'green-house.move', 'green-house.pause', 'green-house.reopen'] as const),
		...(['green-house.close', 'green-house.merge'] as const),
	],
	money: [
		'fund.open',
		...(['scrap-sale.return', 'disbursement.approve', 'disbursement.return'] as const),
		...(['statement.return', 'statement.erase-note', 'cash-count.confirm', 'cash-count.return'] as const),
		...(['month.close', 'month.reopen', 'fund.rule', 'disbursement.erase-note'] as const),
		...(['entry-reversal.return', 'journal-entry.erase-text'] as const),
		...(['photo.approved', 'photo.refused', 'photo.redact'] as const),
		...(['disclosure.record', 'disclosure.end', 'disclosure.withdraw'] as const),
	],
	events: [
		...(['cleanup-event.announce', 'cleanup-event.edit', 'cleanup-event.cancel'] as const),
		...(['event-series.announce', 'event-series.edit', 'event-series.pause'] as const),
		...(['event-series.resume', 'event-series.extend'] as const),
		...(['cleanup-event.postpone', 'cleanup-event.move', 'cleanup-event.restore'] as const),
		...(['cleanup-event.report', 'cleanup-event.correct', 'sign-up.remove'] as const),
	],
	schools: [
		'school.open',
		'campaign.draft',
		'campaign.change',
		'campaign.publish',
		'campaign.unpublish',
		'campaign.delete',
		'campaign.move-end',
		'campaign.end',
		'campaign.weigh',
		'campaign.unweigh',
		'class-sheet.approve',
		'class-sheet.revoke',
		...(['class-link.issue', 'class-link.end', 'class-link.enter', 'class-link.withdraw'] as const),
		...(['school-class.add', 'school-class.change', 'school-class.end', 'school-class.merge'] as const),
		...(['school-class.split', 'school-class.import', 'school-class.roll-over'] as const),
	],
	portal: ['sample.retire'],
} as const;

export type AuditGroup = keyof typeof AUDIT_ACTIONS;
export const AUDIT_GROUPS = Object.keys(AUDIT_ACTIONS) as AuditGroup[];
export type AuditAction = (typeof AUDIT_ACTIONS)[AuditGroup][number];

const KNOWN: ReadonlySet<string> = new Set(Object.values(AUDIT_ACTIONS).flat());
/** False for an act that another release of the portal has written down. */
export const isAuditAction = (action: string): action is AuditAction => KNOWN.has(action);

export const AUDIT_KINDS = [
	...([
		'person',
		'role_grant',
		'invitation',
		'organisation',
		'green_house',
		'disbursement',
		'photo',
	] as const),
	...(['event_series', 'school_class', 'campaign', 'cleanup_event', 'sign_up', 'class_sheet'] as const),
	...(['class_link'] as const),
	...(['scrap_sale', 'rights_request', 'content_page'] as const),
	...([
		'statement',
		'cash_count',
		'month_close',
		'fund_rule',
		'disbursement_note',
		'entry_reversal',
		'journal_entry',
		'disclosure',
		'fund',
		'portal_setting',
		'problem_report',
		'guide_item',
	] as const),
];
export type AuditKind = (typeof AUDIT_KINDS)[number];
export const isAuditKind = (kind: string): kind is AuditKind => (AUDIT_KINDS as string[]).includes(kind);

/** So many last characters of an id tell two apart; the whole one stands in the file. */
export const SHORT_ID = 8;
export const shortId = (id: string): string => (id.length > 12 ? `…${id.slice(-SHORT_ID)}` : id);

export type AuditFilter = {
	/** Begins an action: `role` finds `role.end`. */
	action?: string | undefined;
	/** Of the thing, or of the person whose role it is; a whole id or its last characters, as is the next. */
	subjectId?: string | undefined;
	personId?: string | undefined;
	/** In which it was done. */
	role?: Role | undefined;
	/** The first instant of the days that are asked for, and the first one after them. */
	from?: number | undefined;
	until?: number | undefined;
	/** Only what was done in a sample role, or by a sample person without one. */
	samplesOnly?: boolean;
	/** Keyset: what happened before this event. */
	before?: { happenedAt: number; id: string } | undefined;
};

/** The fields of the log's search, as they stand in its address. */
export const AUDIT_FIELDS = ['viec', 'vai-tro', 'tu', 'den', 'doi-tuong', 'nguoi'] as const;

/**
 * What an address asks of the log; days are Vietnam's, the last one included. Refuses with 422 a day that cannot be
 * read, a last day before the first, and a role that there is not.
 */
export function readAuditFilter(asked: URLSearchParams): AuditFilter {
	const text = (name: (typeof AUDIT_FIELDS)[number]) => asked.get(name)?.trim() || undefined;
	const day = (name: 'tu' | 'den') => {
		const typed = text(name);
		const date = typed === undefined ? undefined : parseLocalDate(typed);
		if (typed !== undefined && date === undefined)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: name });
		return date;
	};
	const [first, last] = [day('tu'), day('den')];
	if (first !== undefined && last !== undefined && last < first)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'lastDayBeforeFirst', { field: 'den' });
	const role = ROLES.find((each) => each === text('vai-tro'));
	if (text('vai-tro') !== undefined && !role)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'formUnreadable', { field: 'vai-tro' });
	return {
		...{ action: text('viec'), subjectId: text('doi-tuong'), personId: text('nguoi'), role },
		from: first === undefined ? undefined : startOfLocalDate(first),
		until: last === undefined ? undefined : startOfLocalDate(addDays(last, 1)),
	};
}
