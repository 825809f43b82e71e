import type { APIRoute } from 'astro';
import { getOfficialReport } from '#features/cleanup-events/event-report.service.ts';
import { toDocx } from '#features/cleanup-events/official-report-docx.ts';
import { officialReport } from '#features/cleanup-events/official-report.ts';

/** The official report as an editable file, for the event's organisers. */
export const GET: APIRoute = async ({ locals: { db, actor }, params }) => {
	const parts = await getOfficialReport(db, actor, params['id'] ?? '');
	const bytes = await toDocx(officialReport(parts));
	return new Response(new Uint8Array(bytes), {
		headers: {
			'cache-control': 'no-store',
			'content-type': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
			'content-disposition': `attachment; filename="bao-cao-${parts.event.slug}.docx"`,
		},
	});
};
