import { requireActor, requireGrant, requireSameKind, type Actor } from '#features/accounts/actor.ts';
import { insertAuditEvent } from '#features/accounts/audit.repository.ts';
import { holdGrant } from '#features/accounts/person.repository.ts';
import { inTransaction, isUniqueViolation, type Db } from '#lib/db.ts';
import { DomainError } from '#lib/errors.ts';
import { cleanMultiline, cleanText } from '#lib/fold.ts';
import { listUnfilled, MAX_BODY, NOTICE, type NoticeTexts } from './notice.ts';
import { findPage, findVersion, insertPages } from './notice.repository.ts';

export type NoticeInput = NoticeTexts & { /** The version that was being edited. */ basedOn: number };

/** What would be published, as it would stand there; nothing is written. Refuses like {@link publishNotice}. */
export function previewNotice(actor: Actor | undefined, input: NoticeTexts) {
	requireActor(actor);
	const grant = requireGrant(actor, 'notice.publish', []);
	// There is one notice, and people's consents name it.
	requireSameKind(actor, false);
	const texts = (['vi', 'en'] as const).map((locale) => {
		const title = cleanText(input[locale].title, { max: 120 });
		const body = cleanMultiline(input[locale].body, { max: MAX_BODY });
		if (!title)
			throw new DomainError('UNPROCESSABLE_CONTENT', 'pageTitleMissing', { field: `title-${locale}` });
		if (!body) throw new DomainError('UNPROCESSABLE_CONTENT', 'textMissing', { field: `body-${locale}` });
		return { locale, title, body };
	});
	return { grant, texts };
}

/** Refuses with 422 texts that stand there already: people's consents name versions that differ. */
export async function requireChange(db: Db, texts: ReturnType<typeof previewNotice>['texts']) {
	for (const { locale, title, body } of texts) {
		const page = await findPage(db, NOTICE, locale);
		if (page?.title !== title || cleanMultiline(page.body, { max: MAX_BODY }) !== body) return;
	}
	throw new DomainError('UNPROCESSABLE_CONTENT', 'noticeUnchanged');
}

/** Refuses with 422 texts in which something is still to be filled in: visitors would read who is responsible nowhere. */
function requireFilled(texts: ReturnType<typeof previewNotice>['texts']): void {
	for (const { locale, body } of texts) {
		const blanks = listUnfilled(body);
		if (blanks.length === 0) continue;
		const values = { blanks: blanks.map((blank) => `[[${blank}]]`).join(', ') };
		throw new DomainError('UNPROCESSABLE_CONTENT', 'noticeUnfilled', { field: `body-${locale}`, values });
	}
}

/**
 * Publishes the privacy notice anew, in both languages, as the next version. Refuses with 401 and 403, with 409 when
 * somebody else has published meanwhile, with 422 an empty title or text, one with something to fill in, and texts that
 * are the newest version's.
 */
export async function publishNotice(
	db: Db,
	actor: Actor | undefined,
	input: NoticeInput,
	now: number,
): Promise<void> {
	const { grant, texts } = previewNotice(actor, input);
	requireFilled(texts);
	const version = { slug: NOTICE, version: input.basedOn + 1, publishedAt: now, publishedBy: grant.id };
	const rows = texts.map((text) => ({ ...version, ...text }));
	await inTransaction(db, async (trx) => {
		await holdGrant(trx, grant.id, now);
		if ((await findVersion(trx, NOTICE)) !== input.basedOn)
			throw new DomainError('CONFLICT', 'noticeChanged', { field: 'basedOn' });
		await requireChange(trx, texts);
		await insertPages(trx, rows);
		const event = { action: 'notice.publish', subjectKind: 'content_page', subjectId: NOTICE };
		await insertAuditEvent(trx, { ...event, roleGrantId: grant.id }, now);
	}).catch((error: unknown) => {
		throw isUniqueViolation(error)
			? new DomainError('CONFLICT', 'noticeChanged', { field: 'basedOn' })
			: error;
	});
}
