// What a page of the public book reads: the rows that its address asks for, what they add up to, and their photos.
import { listRows, sumRows, type RowFilter, type RowSums } from '#features/fund/entry-filter.repository.ts';
import {
	isFiltered,
	readEntryFilter,
	readTyped,
	type EntryFilter,
	type FilterField,
} from '#features/fund/entry-filter.ts';
import { findEntry, listEntries, listFunds, listPostingsOf } from '#features/fund/fund.repository.ts';
import type { Entry, Fund } from '#features/fund/fund.ts';
import { changeOf } from '#features/fund/ledger.ts';
import { findGreenHouseByCode } from '#features/green-houses/green-house.repository.ts';
import { listWards } from '#features/places/place.repository.ts';
import type { Db } from '#lib/db.ts';
import { shownSample } from '#lib/samples.ts';
import { listRowPhotos, type RowPhoto } from './row-photos.repository.ts';

export type BookRows = {
	typed: Partial<Record<FilterField, string>>;
	/** The field that names nothing there is; then there are no rows. */
	wrong: FilterField | undefined;
	filter: EntryFilter;
	entries: Entry[];
	/** The first row of the next page. */
	older: Entry | undefined;
	/** Of the rows that a filter leaves; undefined for a whole book. */
	sums: RowSums | undefined;
	/** What of each row went through the account that was asked for. */
	parts: Map<string, number>;
	photos: Map<string, RowPhoto>;
};

async function readParts(db: Db, entries: Entry[], account: string | undefined) {
	if (account === undefined) return new Map<string, number>();
	const postings = await listPostingsOf(
		db,
		entries.map((entry) => entry.id),
	);
	// Money that came in is a credit of its account: the sign is that of the row.
	return new Map(
		entries.map((entry) => [
			entry.id,
			-changeOf(
				account,
				postings.filter((posting) => posting.entryId === entry.id),
			),
		]),
	);
}

/**
 * A page of one fund's rows, or of those of all funds. Undefined when `truoc` is no row's key: then the address is to
 * be read without it.
 */
export async function readBookRows(
	db: Db,
	params: URLSearchParams,
	{ fund, now, limit }: { fund?: Fund | undefined; now: number; limit: number },
): Promise<BookRows | undefined> {
	const typed = readTyped(params);
	if (fund) delete typed.fund;
	const funds = fund ? [] : await listFunds(db);
	const house = typed.house === undefined ? undefined : await findGreenHouseByCode(db, typed.house, now);
	const read = readEntryFilter(typed, {
		funds: funds.map((each) => each.code),
		houses: house ? [house.code] : [],
		wards: (await listWards(db)).map((ward) => ward.id),
	});
	const none = { entries: [], older: undefined, sums: undefined, parts: new Map(), photos: new Map() };
	if (read.wrong) return { typed, wrong: read.wrong, filter: {}, ...none };
	const { filter } = read;
	const sifted = isFiltered(filter);
	const chosen = fund ?? funds.find((each) => each.code === filter.fund);
	const rows: RowFilter = {
		...filter,
		fundId: chosen?.id,
		greenHouseId: house?.id,
		isSample: await shownSample(db, 'fund'),
	};
	const key = params.get('truoc');
	let found: Entry[];
	if (fund && !sifted) {
		// A book's own order is that of its sequence, in which the balance after each row is right.
		if (key !== null && !/^[1-9]\d{0,14}$/.test(key)) return undefined;
		const before = key === null ? undefined : Number(key);
		found = await listEntries(db, fund.id, { before, limit: limit + 1 });
	} else {
		const before = key === null ? undefined : await findEntry(db, key);
		if (key !== null && !before) return undefined;
		found = await listRows(db, rows, { before, limit: limit + 1 });
	}
	const entries = found.slice(0, limit);
	return {
		...{ typed, wrong: undefined, filter, entries, older: found[limit] },
		sums: sifted ? await sumRows(db, rows) : undefined,
		parts: await readParts(db, entries, filter.account),
		photos: await listRowPhotos(db, entries),
	};
}
