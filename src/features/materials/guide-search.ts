// How the guide is searched: the words of a query in any order, without tone marks, each the beginning of a word.
import { foldSearch } from '#lib/fold.ts';

const splitWords = (text: string): string[] =>
	foldSearch(text)
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);

// What people say around a thing: `vỏ … cũ thì bỏ đâu`, `where do old … go`.
const AROUND = new Set(
	'vo cai chiec cu hong vut bo di dau thi nao o rac cho vao con da het mot may the a an old used empty broken where do does go throw away i put my'.split(
		' ',
	),
);

/** What a query asks of a name; every word of it, in any order. */
const holds = (name: string[], words: string[]): boolean =>
	words.every((word) => name.some((each) => each.startsWith(word)));

/** How near a name is: all of it, its beginning or somewhere in it; a thing's own name before another one. */
function distanceOf(asked: string, query: string, name: string, isOwn: boolean): number {
	const called = foldSearch(name);
	if (called === asked) return 0;
	const place = (called.startsWith(asked) ? 2 : 4) + (isOwn ? 0 : 4);
	// With its own tone marks before without.
	return place + (name.toLowerCase().includes(query) ? 0 : 1);
}

/** What a thing is called in each language comes first; the rest are its other names. */
const OWN_NAMES = 2;
const NEAR_AT_MOST = 6;
const HALF = 0.5;

/**
 * The places in `entries` of what a query finds, best first; an entry is what a thing is called. When nothing has all
 * words, those that say nothing (`vỏ`, `cũ`) are left out; then what has half of them is near.
 */
export function searchGuide(query: string, entries: string[][]): { found: number[]; isNear: boolean } {
	const words = splitWords(query);
	if (words.length === 0) return { found: entries.map((_, index) => index), isNear: false };
	const telling = words.filter((word) => !AROUND.has(word));
	const split = entries.map((names) =>
		names.map((name, place) => ({ name, words: splitWords(name), isOwn: place < OWN_NAMES })),
	);
	const written = query.normalize('NFC').toLowerCase().trim();
	for (const wanted of [words, telling]) {
		if (wanted.length === 0) continue;
		const asked = wanted.join(' ');
		const hits = split.flatMap((names, index) => {
			const far = names
				.filter((each) => holds(each.words, wanted))
				.map(({ name, isOwn }) => distanceOf(asked, written, name, isOwn));
			return far.length > 0 ? [{ index, far: Math.min(...far) }] : [];
		});
		if (hits.length > 0)
			return { found: hits.sort((a, b) => a.far - b.far).map(({ index }) => index), isNear: false };
	}
	const near = split
		.map((names, index) => ({
			index,
			share: Math.max(
				...names.map((each) => telling.filter((word) => holds(each.words, [word])).length / telling.length),
			),
		}))
		.filter(({ share }) => share >= HALF)
		.sort((a, b) => b.share - a.share)
		.slice(0, NEAR_AT_MOST);
	return { found: near.map(({ index }) => index), isNear: near.length > 0 };
}
