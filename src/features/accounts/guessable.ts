// Passwords that anybody tries first: runs of digits, of letters and of neighbouring keys, one thing over and over.
import { foldSearch } from '#lib/fold.ts';

/** What fingers and alphabets run along, either way; the digits go round. */
const ROWS = [
	...['01234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
	...['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm'],
];
const pairsOf = (row: string) => [...row].slice(1).map((next, index) => row.charAt(index) + next);
const FORWARD = new Set(ROWS.flatMap(pairsOf));
const BACKWARD = new Set([...FORWARD].map((pair) => pair.charAt(1) + pair.charAt(0)));
/** What makes a run, and from how many characters: words hold `ghi` and `onm`, never `aaa`. */
const KINDS: readonly [isStep: (pair: string) => boolean, min: number][] = [
	[(pair) => pair.charAt(0) === pair.charAt(1), 3],
	[(pair) => FORWARD.has(pair), 4],
	[(pair) => BACKWARD.has(pair), 4],
];
const CHOICES_MIN = 5;

/** How many characters the run takes that begins here; 1 where none does. */
const runLength = (characters: string[], start: number): number =>
	Math.max(
		...KINDS.map(([isStep, min]) => {
			let end = start + 1;
			while (end < characters.length && isStep(characters.slice(end - 1, end + 1).join(''))) end += 1;
			return end - start >= min ? end - start : 1;
		}),
	);

/** What is repeated, once: `conmeoconmeo` → `conmeo`. */
function unrepeated(characters: string[]): string[] {
	for (let period = 1; period <= characters.length / 2; period += 1)
		if (characters.every((each, index) => index < period || each === characters[index - period]))
			return characters.slice(0, period);
	return characters;
}

/** True when a password is a handful of choices: `123456789012345678` is one, `qwertyuiopasdfghjkl` two. */
export function isGuessable(password: string): boolean {
	const characters = unrepeated([...foldSearch(password).replace(/[\s._,/-]/g, '')]);
	let choices = 0;
	for (let at = 0; at < characters.length; at += runLength(characters, at)) choices += 1;
	return choices < CHOICES_MIN;
}
