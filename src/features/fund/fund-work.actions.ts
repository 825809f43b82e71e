import { readDecision, readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore } from '#features/photos/photo-store.service.ts';
import { DomainError } from '#lib/errors.ts';
import { field, formAction } from '#lib/forms.ts';
import { localePath, type Locale } from '#lib/i18n.ts';
import { parseVnd } from '#lib/number-input.ts';
import { parseLocalDate } from '#lib/time.ts';
import { normaliseUuid } from '#lib/uuid.ts';
import { confirmCashCount, recordCashCount, returnCashCount } from './cash-count.service.ts';
import { parseCounted } from './cash-count.ts';
import { eraseEntryText } from './entry-text.service.ts';
import { decideProofPhoto, eraseNote, recordProof, writeNote } from './disbursement-note.service.ts';
import { askReversal, confirmReversal, returnReversal } from './entry-reversal.service.ts';
import type { Purpose } from './ledger.ts';
import { closeMonth, reopenMonth } from './month-close.service.ts';
import {
	confirmStatement,
	decideStatementPhoto,
	eraseStatementNote,
	recordStatement,
	returnStatement,
} from './statement.service.ts';
import type { StatementKind } from './statement.ts';

function readId(form: FormData, name: string): string {
	const id = normaliseUuid(field(form, name));
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	return id;
}

function readDate(form: FormData, name: string): string {
	const date = parseLocalDate(field(form, name));
	if (!date) throw new DomainError('UNPROCESSABLE_CONTENT', 'dateInvalid', { field: name });
	return date;
}

/** A page of the fund that the form names by its code. */
const fundPath = (form: FormData, locale: Locale, page: string) =>
	localePath(locale, `/cua-toi/quy/${encodeURIComponent(field(form, 'code'))}/${page}`);
const slipPath = (locale: Locale, id: string) => localePath(locale, `/cua-toi/quy/phieu/${id}`);
const reversalPath = (form: FormData, locale: Locale) =>
	localePath(locale, `/cua-toi/quy/dao/${readId(form, 'entryId')}`);
const requestPath = (form: FormData, locale: Locale) =>
	localePath(locale, `/cua-toi/chi/${readId(form, 'disbursementId')}`);

export const fundWork = {
	recordStatement: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const id = readId(form, 'id');
		// Any text may stand in these two; the service refuses what is none of theirs.
		const kind = field(form, 'kind') as StatementKind;
		const input = {
			...{ id, fundId: field(form, 'fundId'), kind, happenedOn: readDate(form, 'happenedOn') },
			account: field(form, 'account') === 'bank' ? ('bank' as const) : ('cash' as const),
			amountVnd: parseVnd(field(form, 'amount'), 'amount'),
			words: field(form, 'words'),
			privateNote: kind === 'gift' ? field(form, 'privateNote') : '',
			purpose: kind === 'gift' ? ((field(form, 'purpose') || null) as Purpose | null) : null,
			photoMissingReason: field(form, 'photoMissingReason'),
		};
		await recordStatement(db, actor, input, now, await readUpload(form, openPhotoStore(config)));
		return slipPath(locale, id);
	}),
	confirmStatement: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await confirmStatement(locals.db, locals.actor, id, locals.now);
		return slipPath(locals.locale, id);
	}),
	returnStatement: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await returnStatement(locals.db, locals.actor, { id, reason: field(form, 'reason') }, locals.now);
		return slipPath(locals.locale, id);
	}),
	eraseStatementNote: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		await eraseStatementNote(locals.db, locals.actor, id, locals.now);
		return slipPath(locals.locale, id);
	}),
	decideStatementPhoto: formAction(async (form, { locals }) => {
		const id = readId(form, 'id');
		const input = { id, ...readDecision(form, openPhotoStore(locals.config)) };
		await decideStatementPhoto(locals.db, locals.actor, input, locals.now);
		return slipPath(locals.locale, id);
	}),
	recordCount: formAction(async (form, { locals }) => {
		const input = {
			...{ id: readId(form, 'id'), fundId: field(form, 'fundId'), countedOn: readDate(form, 'countedOn') },
			countedVnd: parseCounted(field(form, 'counted'), 'counted'),
			reason: field(form, 'reason'),
		};
		await recordCashCount(locals.db, locals.actor, input, locals.now);
		return fundPath(form, locals.locale, 'kiem-quy');
	}),
	confirmCount: formAction(async (form, { locals }) => {
		await confirmCashCount(locals.db, locals.actor, readId(form, 'id'), locals.now);
		return fundPath(form, locals.locale, 'kiem-quy');
	}),
	returnCount: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), reason: field(form, 'reason') };
		await returnCashCount(locals.db, locals.actor, input, locals.now);
		return fundPath(form, locals.locale, 'kiem-quy');
	}),
	askReversal: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), entryId: readId(form, 'entryId'), reason: field(form, 'reason') };
		await askReversal(locals.db, locals.actor, input, locals.now);
		return reversalPath(form, locals.locale);
	}),
	confirmReversal: formAction(async (form, { locals }) => {
		await confirmReversal(locals.db, locals.actor, readId(form, 'id'), locals.now);
		return reversalPath(form, locals.locale);
	}),
	returnReversal: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), reason: field(form, 'reason') };
		await returnReversal(locals.db, locals.actor, input, locals.now);
		return reversalPath(form, locals.locale);
	}),
	closeMonth: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), fundId: field(form, 'fundId'), month: field(form, 'month') };
		await closeMonth(locals.db, locals.actor, input, locals.now);
		return fundPath(form, locals.locale, 'khoa-so');
	}),
	reopenMonth: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), fundId: field(form, 'fundId'), month: field(form, 'month') };
		await reopenMonth(locals.db, locals.actor, { ...input, reason: field(form, 'reason') }, locals.now);
		return fundPath(form, locals.locale, 'khoa-so');
	}),
	writeNote: formAction(async (form, { locals }) => {
		const disbursementId = readId(form, 'disbursementId');
		const note = { id: readId(form, 'id'), disbursementId, text: field(form, 'note') };
		await writeNote(locals.db, locals.actor, note, locals.now);
		return requestPath(form, locals.locale);
	}),
	eraseNote: formAction(async (form, { locals }) => {
		await eraseNote(locals.db, locals.actor, readId(form, 'id'), locals.now);
		return requestPath(form, locals.locale);
	}),
	eraseEntryText: formAction(async (form, { locals }) => {
		const { db, actor, now, locale } = locals;
		const id = readId(form, 'id');
		await eraseEntryText(db, actor, id, now);
		return localePath(locale, `/quy/but-toan/${id}`);
	}),
	recordProof: formAction(async (form, { locals }) => {
		const { db, actor, now, locale, config } = locals;
		const input = { id: readId(form, 'id'), disbursementId: readId(form, 'disbursementId') };
		await recordProof(db, actor, input, now, await readUpload(form, openPhotoStore(config)));
		return requestPath(form, locale);
	}),
	decideProof: formAction(async (form, { locals }) => {
		const input = { id: readId(form, 'id'), ...readDecision(form, openPhotoStore(locals.config)) };
		await decideProofPhoto(locals.db, locals.actor, input, locals.now);
		return requestPath(form, locals.locale);
	}),
};
