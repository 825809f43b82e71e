import type { APIRoute } from 'astro';
import { downloadHeaders } from '#features/fund/open-data.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { readPublicCampaign } from '#features/schools/public-campaign.repository.ts';
import { resultRows } from '#features/schools/school-export.ts';
import { fileName } from '#lib/attachment.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import { workbookNames, writeWorkbook, XLSX } from '#lib/workbook.ts';

/** What each class of a campaign reached, as a workbook; anybody may read it. */
export const GET: APIRoute = async ({ locals: { db, t, locale, now }, params }) => {
	const found = await readPublicCampaign(db, params['id'] ?? '', params['campaignId'] ?? '');
	if (!found) throw new DomainError('NOT_FOUND', 'unknownCampaign');
	const rows = resultRows(found.campaign, found.classes, await listMaterials(db), { t, locale });
	const { school, campaign } = found;
	const results = t('school-public:xlsx.results');
	const file = fileName([results, campaign.name, school.name, toLocalDate(now)], 'xlsx');
	const names = workbookNames(results, file, school);
	return new Response(await writeWorkbook(names.sheet, rows), {
		headers: { ...downloadHeaders(names.file, XLSX), 'content-type': XLSX },
	});
};
