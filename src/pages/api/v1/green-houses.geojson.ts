import type { APIRoute } from 'astro';
import type { FeatureCollection, Point } from 'geojson';
import { listRegister, type Registered } from '#features/green-houses/house-export.repository.ts';
import { json } from '#lib/api.ts';

/** The houses as RFC 7946, with the columns of the import among their properties; anybody may read them from anywhere. */
export const GET: APIRoute = async ({ locals: { db, now } }) => {
	const register = await listRegister(db, now);
	/** What the import reads beside what stands here under its own name. */
	const registerOf = ({ name_vi, ward_name, ward_as_of, ward_code, ...rest }: Registered['row']) => {
		const { hours, steward_organisation, neighbourhood, address } = rest;
		return { name_vi, ward_name, ward_as_of, ward_code, hours, steward_organisation, neighbourhood, address };
	};
	const collection: FeatureCollection<Point> = {
		type: 'FeatureCollection',
		features: register.map(({ house, row }) => ({
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
				...registerOf(row),
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
