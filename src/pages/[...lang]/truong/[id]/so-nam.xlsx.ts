import type { APIRoute } from 'astro';
import { downloadHeaders } from '#features/fund/open-data.ts';
import { listMaterials } from '#features/materials/material.repository.ts';
import { schoolYearOf } from '#features/schools/class-sheet.ts';
import { registerRows } from '#features/schools/school-export.ts';
import { findSchool, listRegister, listSchoolYears } from '#features/schools/school-public.repository.ts';
import { daysOfYear } from '#features/schools/school-public.ts';
import { fileName } from '#lib/attachment.ts';
import { DomainError } from '#lib/errors.ts';
import { toLocalDate } from '#lib/time.ts';
import { workbookNames, writeWorkbook, XLSX } from '#lib/workbook.ts';

/** Every line of a school year's class sheets that counts, as a workbook; anybody may read it. */
export const GET: APIRoute = async ({ locals: { db, t, locale, now }, params, url }) => {
	const school = await findSchool(db, params['id'] ?? '');
	if (!school) throw new DomainError('NOT_FOUND', 'unknownOrganisation');
	const year = url.searchParams.get('nam') ?? schoolYearOf(toLocalDate(now));
	if (!(await listSchoolYears(db, school.id)).includes(year))
		throw new DomainError('NOT_FOUND', 'unknownAddress', { values: { method: 'GET' } });
	const lines = await listRegister(db, { organisationId: school.id, ...daysOfYear(year) });
	const rows = registerRows(lines, await listMaterials(db), { t, locale });
	const register = `${t('school-public:xlsx.register')} ${year}`;
	const file = fileName([register, school.name, toLocalDate(now)], 'xlsx');
	const names = workbookNames(register, file, school);
	return new Response(await writeWorkbook(names.sheet, rows), {
		headers: { ...downloadHeaders(names.file, XLSX), 'content-type': XLSX },
	});
};
