import type { APIRoute } from 'astro';
import { OPEN_DATA_HEADERS } from '#features/fund/open-data.ts';
import { openGuideItem } from '#features/materials/guide.ts';
import { listGuideItems } from '#features/materials/guide.repository.ts';
import { json } from '#lib/api.ts';

/** The newest version of every item of the sorting guide, in both languages. */
export const GET: APIRoute = async ({ locals: { db, publicUrl } }) =>
	json(
		{ items: (await listGuideItems(db)).map((item) => openGuideItem(item, publicUrl)) },
		{ headers: OPEN_DATA_HEADERS },
	);
