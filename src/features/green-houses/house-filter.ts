// What a visitor of the map asks for, in the address: everything works as plain links and one form.
import { HOST_TYPES, type HostType } from './green-house.ts';

export type Filter = {
	material: string | undefined;
	hostType: HostType | undefined;
	wardId: string | undefined;
	search: string | undefined;
	/** Not full, as far as anybody has said. */
	hasRoom: boolean;
	/** Takes things, and its hours hold this moment. */
	openNow: boolean;
	/** Draw the wards as they were before 2025-07-01. */
	showFormer: boolean;
};

export const PARAMS = {
	material: 'vat-lieu',
	hostType: 'noi-dat',
	wardId: 'phuong',
	search: 'tim',
	hasRoom: 'con-cho',
	openNow: 'dang-mo',
	former: 'ranh-gioi',
} as const;
const SEARCH_MAX = 80;

/** What the address says where it must name something that there is. */
const NAMING = ['material', 'hostType', 'wardId'] as const;
type Naming = (typeof NAMING)[number];

/**
 * Reads the address; what it does not know it leaves out, so that list, map and legend agree, and names it in
 * `unknown`. Names that are no part of the filter belong to others (a chat app adds its own) and mean nothing.
 */
export function readFilter(
	params: URLSearchParams,
	known: { materials: string[]; wards: string[] },
): { filter: Filter; unknown: Naming[] } {
	const oneOf = <T extends string>(list: readonly T[], name: string) =>
		list.find((each) => each === params.get(name));
	const filter: Filter = {
		material: oneOf(known.materials, PARAMS.material),
		hostType: oneOf(HOST_TYPES, PARAMS.hostType),
		wardId: oneOf(known.wards, PARAMS.wardId),
		search: params.get(PARAMS.search)?.trim().slice(0, SEARCH_MAX) || undefined,
		hasRoom: params.get(PARAMS.hasRoom) === '1',
		openNow: params.get(PARAMS.openNow) === '1',
		showFormer: params.get(PARAMS.former) === 'cu',
	};
	return { filter, unknown: NAMING.filter((name) => !filter[name] && params.get(PARAMS[name])?.trim()) };
}

/** The address's query for a filter with some parts changed: `?vat-lieu=glass`, or '' for none. */
export function filterQuery(filter: Filter, changes: Partial<Filter> = {}): string {
	const next = { ...filter, ...changes };
	const params = new URLSearchParams();
	if (next.material) params.set(PARAMS.material, next.material);
	if (next.hostType) params.set(PARAMS.hostType, next.hostType);
	if (next.wardId) params.set(PARAMS.wardId, next.wardId);
	if (next.search) params.set(PARAMS.search, next.search);
	if (next.hasRoom) params.set(PARAMS.hasRoom, '1');
	if (next.openNow) params.set(PARAMS.openNow, '1');
	if (next.showFormer) params.set(PARAMS.former, 'cu');
	const query = params.toString();
	return query && `?${query}`;
}

/** Every condition taken away; how the map is drawn stays. */
export const NO_CONDITIONS = {
	...{ material: undefined, hostType: undefined, wardId: undefined, search: undefined },
	...{ hasRoom: false, openNow: false },
} satisfies Partial<Filter>;

/** True when the list is not the whole list. */
export const isFiltered = (filter: Filter): boolean =>
	(Object.keys(NO_CONDITIONS) as (keyof typeof NO_CONDITIONS)[]).some((name) => Boolean(filter[name]));
