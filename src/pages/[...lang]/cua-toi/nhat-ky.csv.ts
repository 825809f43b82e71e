import type { APIRoute } from 'astro';
import { requireGrant } from '#features/accounts/actor.ts';
import { listAuditEvents, readAuditCursor, writeAuditCursor } from '#features/accounts/audit.repository.ts';
import { csvLine } from '#lib/csv.ts';

const PAGE = 1000;
const COLUMNS = [
	'id',
	'happened_at',
	'action',
	'subject_kind',
	'subject_id',
	'person_id',
	'role_grant_id',
	'role',
	'scope_kind',
	'scope_id',
];

/** The audit log as CSV, newest first, in pieces: it is read page by page and never held whole. */
export const GET: APIRoute = ({ url, locals }) => {
	const { db, actor } = locals;
	requireGrant(actor, 'audit-log.export', []);
	const asked = (name: string) => url.searchParams.get(name)?.trim() || undefined;
	const filter = { action: asked('viec'), subjectId: asked('doi-tuong'), personId: asked('nguoi') };
	let cursor: string | undefined;
	let isFirst = true;
	const body = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const events = await listAuditEvents(db, { ...filter, before: readAuditCursor(cursor) }, PAGE);
			const lines = events.map((event) =>
				csvLine([
					...[event.id, new Date(event.happenedAt).toISOString(), event.action],
					...[event.subjectKind, event.subjectId, event.personId, event.roleGrantId],
					...[event.role, event.scopeKind, event.scopeId],
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
