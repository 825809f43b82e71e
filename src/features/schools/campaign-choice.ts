// Which campaign a sheet is proposed for, and what of it would not count: the same on the portal and on a phone.
import type { LocalDate } from '#lib/time.ts';
import type { Campaign } from './campaign.ts';

/** What a sheet's form knows of a campaign that takes sheets. */
export type OpenCampaign = Pick<Campaign, 'id' | 'name' | 'startsOn' | 'endsOn' | 'materials'>;

type Days = Pick<Campaign, 'startsOn' | 'endsOn'>;

export const isOutside = ({ startsOn, endsOn }: Days, day: LocalDate): boolean =>
	day < startsOn || day > endsOn;

/** The id of the campaign that a day's sheet is proposed for; '' where none has that day. */
export const campaignOfDay = (open: OpenCampaign[], day: LocalDate): string =>
	open.find((each) => !isOutside(each, day))?.id ?? '';

/** Which of a sheet's materials the campaign does not count, each once. */
export const uncounted = (campaign: Pick<Campaign, 'materials'>, materials: string[]): string[] => [
	...new Set(materials.filter((each) => !campaign.materials.includes(each))),
];
