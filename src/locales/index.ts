import viAudit from './vi/audit.json' with { type: 'json' };
import viCommon from './vi/common.json' with { type: 'json' };
import viAbout from './vi/about.json' with { type: 'json' };
import viPrivacy from './vi/privacy.json' with { type: 'json' };
import viErrors from './vi/errors.json' with { type: 'json' };
import viPlaces from './vi/places.json' with { type: 'json' };
import viAccounts from './vi/accounts.json' with { type: 'json' };
import viPhotos from './vi/photos.json' with { type: 'json' };
import viOutbox from './vi/outbox.json' with { type: 'json' };
import viMaterials from './vi/materials.json' with { type: 'json' };
import viGreenHouses from './vi/green-houses.json' with { type: 'json' };
import viDropOffs from './vi/drop-offs.json' with { type: 'json' };
import viCheckpoints from './vi/checkpoints.json' with { type: 'json' };
import viCollections from './vi/collections.json' with { type: 'json' };
import viFund from './vi/fund.json' with { type: 'json' };
import viCleanupEvents from './vi/cleanup-events.json' with { type: 'json' };
import viCheckIn from './vi/check-in.json' with { type: 'json' };
import viLunar from './vi/lunar.json' with { type: 'json' };
import viSheets from './vi/sheets.json' with { type: 'json' };
import viSchools from './vi/schools.json' with { type: 'json' };
import viClassLink from './vi/class-link.json' with { type: 'json' };
import viSchoolPublic from './vi/school-public.json' with { type: 'json' };
import viTeam from './vi/team.json' with { type: 'json' };
import viChecks from './vi/checks.json' with { type: 'json' };
import viNotifications from './vi/notifications.json' with { type: 'json' };
import viDisclosures from './vi/disclosures.json' with { type: 'json' };
import viTrace from './vi/trace.json' with { type: 'json' };
import enAudit from './en/audit.json' with { type: 'json' };
import enCommon from './en/common.json' with { type: 'json' };
import enAbout from './en/about.json' with { type: 'json' };
import enPrivacy from './en/privacy.json' with { type: 'json' };
import enErrors from './en/errors.json' with { type: 'json' };
import enPlaces from './en/places.json' with { type: 'json' };
import enAccounts from './en/accounts.json' with { type: 'json' };
import enPhotos from './en/photos.json' with { type: 'json' };
import enOutbox from './en/outbox.json' with { type: 'json' };
import enMaterials from './en/materials.json' with { type: 'json' };
import enGreenHouses from './en/green-houses.json' with { type: 'json' };
import enDropOffs from './en/drop-offs.json' with { type: 'json' };
import enCheckpoints from './en/checkpoints.json' with { type: 'json' };
import enCollections from './en/collections.json' with { type: 'json' };
import enFund from './en/fund.json' with { type: 'json' };
import enCleanupEvents from './en/cleanup-events.json' with { type: 'json' };
import enCheckIn from './en/check-in.json' with { type: 'json' };
import enLunar from './en/lunar.json' with { type: 'json' };
import enSheets from './en/sheets.json' with { type: 'json' };
import enSchools from './en/schools.json' with { type: 'json' };
import enClassLink from './en/class-link.json' with { type: 'json' };
import enSchoolPublic from './en/school-public.json' with { type: 'json' };
import enTeam from './en/team.json' with { type: 'json' };
import enChecks from './en/checks.json' with { type: 'json' };
import enNotifications from './en/notifications.json' with { type: 'json' };
import enDisclosures from './en/disclosures.json' with { type: 'json' };
import enTrace from './en/trace.json' with { type: 'json' };

/** Every sentence of the portal: one file for each feature and language. */
export const resources = {
	vi: {
		audit: viAudit,
		common: viCommon,
		about: viAbout,
		privacy: viPrivacy,
		errors: viErrors,
		places: viPlaces,
		accounts: viAccounts,
		materials: viMaterials,
		'green-houses': viGreenHouses,
		'drop-offs': viDropOffs,
		checkpoints: viCheckpoints,
		outbox: viOutbox,
		photos: viPhotos,
		collections: viCollections,
		fund: viFund,
		'cleanup-events': viCleanupEvents,
		'check-in': viCheckIn,
		lunar: viLunar,
		schools: viSchools,
		sheets: viSheets,
		'class-link': viClassLink,
		'school-public': viSchoolPublic,
		team: viTeam,
		checks: viChecks,
		notifications: viNotifications,
		disclosures: viDisclosures,
		trace: viTrace,
	},
	en: {
		audit: enAudit,
		common: enCommon,
		about: enAbout,
		privacy: enPrivacy,
		errors: enErrors,
		places: enPlaces,
		accounts: enAccounts,
		materials: enMaterials,
		'green-houses': enGreenHouses,
		'drop-offs': enDropOffs,
		checkpoints: enCheckpoints,
		outbox: enOutbox,
		photos: enPhotos,
		collections: enCollections,
		fund: enFund,
		'cleanup-events': enCleanupEvents,
		'check-in': enCheckIn,
		lunar: enLunar,
		schools: enSchools,
		sheets: enSheets,
		'class-link': enClassLink,
		'school-public': enSchoolPublic,
		team: enTeam,
		checks: enChecks,
		notifications: enNotifications,
		disclosures: enDisclosures,
		trace: enTrace,
	},
};
