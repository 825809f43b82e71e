import type { APIRoute } from 'astro';
import { requireGrant } from '#features/accounts/actor.ts';
import { listAuditEvents, readAuditCursor, writeAuditCursor } from '#features/accounts/audit.repository.ts';
import { readAuditFilter } from '#features/accounts/audit.ts';
import { csvLine } from '#lib/csv.ts';
import { toLocalIso } from '#lib/time.ts';

const PAGE = 1000;
const COLUMNS = [
	'id',
	'happened_at',
	'local_time',
	'action',
	'subject_kind',
	'subject_id',
	'person_id',
	'role_grant_id',
	'role',
	'scope_kind',
	'scope_id',
	'subject_role',
	'subject_scope_kind',
	'subject_scope_id',
	'concerned_person_id',
];

/** A time that a spreadsheet takes for one: Vietnam's clock, without the offset. */
const spreadsheetTime = (instant: number) => toLocalIso(instant).slice(0, 19).replace('T', ' ');

/**
 * The audit log as CSV, newest first, in pieces: it is read page by page and never held whole. It keeps the
 * codes of acts and kinds; its address filters as the page's does.
 */
export const GET: APIRoute = ({ url, locals }) => {
	const { db, actor } = locals;
	requireGrant(actor, 'audit-log.export', []);
	const filter = { ...readAuditFilter(url.searchParams), samplesOnly: actor?.isSample ?? true };
	let cursor: string | undefined;
	let isFirst = true;
	const body = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const events = await listAuditEvents(db, { ...filter, before: readAuditCursor(cursor) }, PAGE);
			const lines = events.map((event) =>
				csvLine([
					...[event.id, toLocalIso(event.happenedAt), spreadsheetTime(event.happenedAt), event.action],
					...[event.subjectKind, event.subjectId, event.personId, event.roleGrantId],
					...[event.role, event.scopeKind, event.scopeId],
					...[event.subjectRole, event.subjectScopeKind, event.subjectScopeId],
					event.concernedPersonId,
				]),
			);
			const head = isFirst ? `\ufeff${csvLine(COLUMNS)}` : '';
			isFirst = false;
			controller.enqueue(new TextEncoder().encode(head + lines.join('')));
			const last = events.at(-1);
			if (events.length < PAGE || !last) controller.close();
			else cursor = writeAuditCursor(last);
		},
	});
	return new Response(body, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="nhat-ky.csv"',
			'cache-control': 'no-store',
		},
	});
};
