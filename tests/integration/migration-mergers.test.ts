// Campaigns that ended before 0048 told from the days of mergers which class counts with which; now their end keeps it.
import { expect, test } from 'vitest';
import { migrateToLatest } from '#db/migrate.ts';
import { loadCatalogue } from '#db/reference.ts';
import { listClassTotals } from '#features/schools/campaign.repository.ts';
import { startOfLocalDate } from '#lib/time.ts';
import { openBefore } from '../support/old-database.ts';
import { insertRaw } from './fund-world.ts';

/** Half past eleven at night in Vietnam, which is another day in London. */
const ENDED_AT = startOfLocalDate('2026-11-20') + 23.5 * 3_600_000;

test.each(['sqlite', 'postgres'] as const)('mergers outlive the upgrade, on %s', async (engine) => {
	const { db, close } = await openBefore(engine, '0047_keep_who_was_told');
	try {
		const add = (table: string, row: Record<string, unknown>) => insertRaw(db, table, row);
		const sample = { is_sample: 0 };
		await loadCatalogue(db);
		await add('person', { id: 'lan', display_name: 'Lan', locale: 'vi', created_at: 1, ...sample });
		await add('organisation', { id: 'school', kind: 'school', name: 'Trường', ...sample });
		await add('role_grant', {
			...{ id: 'grant', person_id: 'lan', role: 'school_lead', scope_kind: 'organisation' },
			...{ scope_id: 'school', valid_from: '2026-01-01', granted_at: 1, ...sample },
		});
		await add('green_house', {
			...{ id: 'house', code: 'NNX-001', name_vi: 'Nhà', host_type: 'school', admin_unit_id: 'dk-2025' },
			...{ address: '', latitude: 21.8, longitude: 106.7, position_source: 'surveyed', hours: '' },
			...{ status: 'active', created_at: 1, ...sample },
		});
		const addClass = (id: string, mergedInto: string | null = null, closedOn: string | null = null) =>
			add('school_class', {
				...{ id, organisation_id: 'school', school_year: '2026-2027', grade: 6, name: id, ...sample },
				...{ merged_into_id: mergedInto, closed_on: closedOn },
			});
		await addClass('6D');
		// On the day after the end at the latest: before it. The day after that: later than it.
		await addClass('6B', '6D', '2026-11-21');
		await addClass('6A', '6B', '2026-11-10');
		await addClass('6C', '6D', '2026-11-22');
		await addClass('6E', null, '2026-11-10');
		const addCampaign = async (id: string, endedAt: number | null) => {
			await add('campaign', {
				...{ id, organisation_id: 'school', green_house_id: 'house', school_year: '2026-2027', name: id },
				...{ purpose: '', starts_on: '2026-11-01', ends_on: '2026-11-30', full_points: 0, extra_points: 0 },
				...{ extra_cap: 0, tie_rule: 'shared', rounding: 'down', created_at: 1, created_by: 'grant' },
				...{ published_at: 2, ended_at: endedAt, ...sample },
			});
			for (const classId of ['6A', '6B', '6C', '6D', '6E'])
				await add('campaign_class', { campaign_id: id, school_class_id: classId, size: 30 });
		};
		await addCampaign('ended', ENDED_AT);
		await addCampaign('runs', null);
		await migrateToLatest(db);
		const kept = await db
			.selectFrom('campaignClass')
			.select(['campaignId', 'schoolClassId', 'countsWithId'])
			.where('countsWithId', 'is not', null)
			.orderBy('schoolClassId')
			.execute();
		expect(kept).toEqual([
			{ campaignId: 'ended', schoolClassId: '6A', countsWithId: '6B' },
			{ campaignId: 'ended', schoolClassId: '6B', countsWithId: '6D' },
		]);
		const totals = await listClassTotals(db, ['ended', 'runs']);
		const namesOf = (id: string) => totals.get(id)!.map(({ name }) => name);
		expect(namesOf('ended')).toEqual(['6C', '6D', '6E']);
		expect(namesOf('runs')).toEqual(['6D', '6E']);
	} finally {
		await close();
	}
});
