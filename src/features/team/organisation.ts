// An organisation of the programme, as a ward writes it down.
import type { OrganisationTable } from '#db/schema.ts';

export const ORGANISATION_KINDS = [
	'womens_union',
	'youth_union',
	'school',
	'peoples_committee',
	'fatherland_front',
	'agency',
	'company',
	'inter_household_group',
	'residential_group',
] as const satisfies OrganisationTable['kind'][];
