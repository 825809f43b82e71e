import type { APIRoute } from 'astro';
import type { FeatureCollection, Point } from 'geojson';
import { listGreenHouses } from '#features/green-houses/green-house.repository.ts';
import { json } from '#lib/api.ts';

/** The houses as RFC 7946; anybody may read them from anywhere. */
export const GET: APIRoute = async ({ locals: { db, now } }) => {
	const houses = await listGreenHouses(db, {}, now);
	const collection: FeatureCollection<Point> = {
		type: 'FeatureCollection',
		features: houses.map((house) => ({
			type: 'Feature',
			id: house.id,
			geometry: { type: 'Point', coordinates: [house.longitude, house.latitude] },
			properties: {
				id: house.id,
				code: house.code,
				name: house.nameVi,
				host_type: house.hostType,
				state: house.state,
				state_reported_at:
					house.stateReportedAt === null ? null : new Date(house.stateReportedAt).toISOString(),
				materials: house.materials,
				position_source: house.positionSource,
				sample: house.isSample === 1,
			},
		})),
	};
	return json(collection, {
		headers: {
			'content-type': 'application/geo+json; charset=utf-8',
			'cache-control': 'public, max-age=60',
			'access-control-allow-origin': '*',
			// The portal's own default is same-origin; this file is open data.
			'cross-origin-resource-policy': 'cross-origin',
		},
	});
};
