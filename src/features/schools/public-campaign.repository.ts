import type { Db } from '#lib/db.ts';
import { findCampaign, listClassTotals } from './campaign.repository.ts';
import { findSchool } from './school-public.repository.ts';

/** A campaign as the public reads it, by its school and its id; undefined for a draft, and under another school. */
export async function readPublicCampaign(db: Db, schoolId: string, campaignId: string) {
	const school = await findSchool(db, schoolId);
	const campaign = school && (await findCampaign(db, campaignId));
	if (!campaign || campaign.organisationId !== school.id || campaign.publishedAt === null) return undefined;
	const classes = (await listClassTotals(db, [campaign.id])).get(campaign.id)!;
	return { school, campaign, classes };
}
