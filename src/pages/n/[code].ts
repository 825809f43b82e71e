import type { APIRoute } from 'astro';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';

/** The short address that is printed on houses; it stays for ever. A sample's may go, so it is only "found". */
export const GET: APIRoute = async ({ params, locals: { db, now }, redirect, rewrite }) => {
	const house = await findGreenHouseByCode(db, params['code'] ?? '', now);
	if (!house) return rewrite('/404');
	return redirect(`/ngoi-nha-xanh/${house.code}`, house.isSample === 1 ? 302 : 301);
};
