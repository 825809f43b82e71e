// What a visitor of the map asks for, in the address: everything works as plain links and one form.
import { HOST_TYPES, type HostType } from './green-house.ts';

export type Filter = {
	material: string | undefined;
	hostType: HostType | undefined;
	wardId: string | undefined;
	search: string | undefined;
	/** Draw the wards as they were before 2025-07-01. */
	showFormer: boolean;
};

export const PARAMS = {
	material: 'vat-lieu',
	hostType: 'noi-dat',
	wardId: 'phuong',
	search: 'tim',
	former: 'ranh-gioi',
} as const;
const SEARCH_MAX = 80;

/** Reads the address; what it does not know it leaves out, so that list, map and legend agree. */
export function readFilter(params: URLSearchParams, known: { materials: string[]; wards: string[] }): Filter {
	const oneOf = <T extends string>(list: readonly T[], name: string) =>
		list.find((each) => each === params.get(name));
	return {
		material: oneOf(known.materials, PARAMS.material),
		hostType: oneOf(HOST_TYPES, PARAMS.hostType),
		wardId: oneOf(known.wards, PARAMS.wardId),
		search: params.get(PARAMS.search)?.trim().slice(0, SEARCH_MAX) || undefined,
		showFormer: params.get(PARAMS.former) === 'cu',
	};
}

/** The address's query for a filter with some parts changed: `?vat-lieu=glass`, or '' for none. */
export function filterQuery(filter: Filter, changes: Partial<Filter> = {}): string {
	const next = { ...filter, ...changes };
	const params = new URLSearchParams();
	if (next.material) params.set(PARAMS.material, next.material);
	if (next.hostType) params.set(PARAMS.hostType, next.hostType);
	if (next.wardId) params.set(PARAMS.wardId, next.wardId);
	if (next.search) params.set(PARAMS.search, next.search);
	if (next.showFormer) params.set(PARAMS.former, 'cu');
	const query = params.toString();
	return query && `?${query}`;
}

/** True when the list is not the whole list. */
export const isFiltered = ({ material, hostType, wardId, search }: Filter): boolean =>
	[material, hostType, wardId, search].some((each) => each !== undefined);
