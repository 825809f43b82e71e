import { accounts } from '#features/accounts/account.actions.ts';
import { cleanupEvents } from '#features/cleanup-events/cleanup-event.actions.ts';
import { collections } from '#features/collections/collection.actions.ts';
import { disclosures } from '#features/disclosures/disclosure.actions.ts';
import { dropOffs } from '#features/drop-offs/drop-off.actions.ts';
import { eventChanges } from '#features/cleanup-events/event-change.actions.ts';
import { eventSeries } from '#features/cleanup-events/event-series.actions.ts';
import { fund } from '#features/fund/disbursement.actions.ts';
import { fundWork } from '#features/fund/fund-work.actions.ts';
import { greenHouses } from '#features/green-houses/green-house.actions.ts';
import { materials } from '#features/materials/guide.actions.ts';
import { notifications } from '#features/notifications/notification.actions.ts';
import { privacy } from '#features/privacy/privacy.actions.ts';
import { campaigns } from '#features/schools/campaign.actions.ts';
import { classLinks } from '#features/schools/class-link.actions.ts';
import { schoolClasses } from '#features/schools/school-class.actions.ts';
import { schools } from '#features/schools/class-sheet.actions.ts';
import { team } from '#features/team/team.actions.ts';

export const server = {
	accounts,
	campaigns,
	classLinks,
	cleanupEvents,
	collections,
	disclosures,
	dropOffs,
	eventChanges,
	eventSeries,
	fund,
	fundWork,
	greenHouses,
	materials,
	notifications,
	privacy,
	schoolClasses,
	schools,
	team,
};
