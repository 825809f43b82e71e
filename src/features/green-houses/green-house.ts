// A Green House: the point where a neighbourhood, school or office collects sorted recyclables.
import type { Scope } from '#features/accounts/actor.ts';
import { distanceM } from '#features/places/distance.ts';
import { unitName, type AdminUnit } from '#features/places/place.ts';
import type { GreenHouseTable, HouseStateReportTable } from '#db/schema.ts';
import type { Locale } from '#lib/i18n.ts';
import { compareNames } from '#lib/compare-names.ts';

export type ShownState = 'closed' | 'paused' | 'locked' | 'damaged' | 'full' | 'half' | 'empty' | 'unknown';
export type HostType = GreenHouseTable['hostType'];
export const HOST_TYPES: HostType[] = ['residential', 'school', 'agency', 'work_unit'];
/** Null when the house is locked or damaged and nobody looked inside. */
export type Fill = HouseStateReportTable['fill'];
export type Condition = HouseStateReportTable['condition'];

export type GreenHouse = GreenHouseTable & {
	/** Today's ward, and the unit as the register named it. */
	ward: AdminUnit;
	statedUnit: AdminUnit;
	/** Codes of the materials that it takes. */
	materials: string[];
	state: ShownState;
	stateReportedAt: number | null;
	/** Who said so last; undefined where it is not known. */
	stateReportedBy: Reporter | undefined;
};

/** Whoever looks after the house, or somebody who brings things there. */
export type Reporter = 'steward' | 'resident';

/** By how much a new house's scale may differ from what was declared before a sale is flagged. */
export const VARIANCE_LIMIT_PERCENT = 15;

/** A report older than this says nothing about today. */
export const STATE_KNOWN_DAYS = 30;
export const STATE_KNOWN_MS = STATE_KNOWN_DAYS * 24 * 60 * 60 * 1000;
/** What waited on a phone for longer is refused. */
export const MAX_REPORT_AGE_DAYS = 60;

type Report = { fill: Fill; condition: Condition; reportedAt: number };

/** The words in which a state is said: how full the house is, or why nobody can look inside. */
export const STATED = {
	empty: { fill: 'empty', condition: 'usable' },
	half: { fill: 'half', condition: 'usable' },
	full: { fill: 'full', condition: 'usable' },
	locked: { fill: null, condition: 'locked' },
	damaged: { fill: null, condition: 'damaged' },
} as const satisfies Record<string, { fill: Fill; condition: Condition }>;
export type Stated = keyof typeof STATED;

/** What anybody may say of a house; damage is a problem of its own, with words. */
export const SEEN = ['empty', 'half', 'full', 'locked'] as const satisfies Stated[];
export type Seen = (typeof SEEN)[number];

/** So many who know nothing of each other say "full" before the steward is called. */
export const VOICES_FOR_ALERT = 2;

/** What is shown: closed, paused, locked, damaged, then how full; unknown without a fresh report. */
export function shownState(
	status: GreenHouseTable['status'],
	report: Report | undefined,
	now: number,
): ShownState {
	if (status !== 'active') return status;
	if (!report || now - report.reportedAt > STATE_KNOWN_MS) return 'unknown';
	return report.condition === 'usable' ? (report.fill ?? 'unknown') : report.condition;
}

/** When the first of these houses' states becomes unknown, if nobody reports before. */
export const nextUnknownAt = (houses: Pick<GreenHouse, 'state' | 'stateReportedAt'>[]): number =>
	Math.min(
		...houses
			.filter(({ state }) => state !== 'unknown')
			.map(({ stateReportedAt }) => (stateReportedAt ?? Infinity) + STATE_KNOWN_MS + 1),
	);

/** True when people may bring things there today. */
export const isOpen = (state: ShownState): boolean => ['empty', 'half', 'full', 'unknown'].includes(state);

/** True when people may bring things there and nobody has said that it is full; what is not known is not "full". */
export const mayHaveRoom = (state: ShownState): boolean => isOpen(state) && state !== 'full';

/**
 * The scopes in which somebody may act on a house. The organisation that looks after it does so through its stewards,
 * the school where it stands through its lead: neither has the other's part.
 */
export function houseScopes(house: GreenHouse): Scope[] {
	const { stewardOrganisationId, hostOrganisationId } = house;
	const scopes: Scope[] = [
		{ kind: 'house', id: house.id },
		{ kind: 'ward', id: house.ward.id },
	];
	if (stewardOrganisationId)
		scopes.push({ kind: 'organisation', id: stewardOrganisationId, only: 'steward' });
	if (hostOrganisationId) scopes.push({ kind: 'organisation', id: hostOrganisationId, only: 'school_lead' });
	return scopes;
}

/** How the legend groups states; every house is in exactly one group. */
export type StateGroup = 'open' | 'full' | 'stopped' | 'damaged' | 'unknown';
export const STATE_GROUPS: StateGroup[] = ['open', 'full', 'stopped', 'damaged', 'unknown'];
const GROUP_OF: Record<ShownState, StateGroup> = {
	empty: 'open',
	half: 'open',
	full: 'full',
	closed: 'stopped',
	paused: 'stopped',
	locked: 'stopped',
	damaged: 'damaged',
	unknown: 'unknown',
};
export const stateGroup = (state: ShownState): StateGroup => GROUP_OF[state];

/** The name without a ward at its end: the merger of 2025 renamed wards, and today's stands beside the name. */
export const shortHouseName = (nameVi: string): string =>
	nameVi.replace(/, (phường|xã|thị trấn) [^,]+$/iu, '');

/** A house among others: names repeat from ward to ward, codes never. The code stays on the name's line. */
export const listedHouseName = ({ nameVi, code }: Pick<GreenHouse, 'nameVi' | 'code'>): string =>
	`${shortHouseName(nameVi)}\u00a0·\u00a0${code}`;

/** Ward by ward, with its name for the reader; both in the order of the Vietnamese alphabet, `Khối 2` before `Khối 10`. */
export function groupByWard<House extends Pick<GreenHouse, 'ward' | 'nameVi' | 'code'>>(
	houses: House[],
	locale: Locale,
): [ward: string, houses: House[]][] {
	const wards = new Map(houses.map(({ ward }) => [ward.id, ward]));
	return [...wards.values()]
		.map((ward): [string, House[]] => [
			unitName(ward, locale),
			houses
				.filter((house) => house.ward.id === ward.id)
				.sort((a, b) => compareNames(listedHouseName(a), listedHouseName(b))),
		])
		.sort(([a], [b]) => compareNames(a, b));
}

/** The nearest houses that people may go to instead: of the same ward, else of any; those known to be full come last. */
export function openHousesNear(house: GreenHouse, all: GreenHouse[], limit: number): GreenHouse[] {
	const others = all.filter((other) => other.id !== house.id && isOpen(other.state));
	const own = others.filter((other) => other.ward.id === house.ward.id);
	const isFull = (other: GreenHouse) => (other.state === 'full' ? 1 : 0);
	return (own.length > 0 ? own : others)
		.sort((a, b) => isFull(a) - isFull(b) || distanceM(house, a) - distanceM(house, b))
		.slice(0, limit);
}

/** How many houses take each material; closed ones take nothing. */
export function countHousesTaking(houses: Pick<GreenHouse, 'status' | 'materials'>[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { materials } of houses.filter(({ status }) => status !== 'closed'))
		for (const code of materials) counts.set(code, (counts.get(code) ?? 0) + 1);
	return counts;
}
