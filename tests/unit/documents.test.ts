// What the documents say holds by a test does.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDERS: Record<string, string> = { i: 'integration', e: 'e2e', u: 'unit', p: 'property' };
/** `i/team: "a name…", "another"`. */
const MENTION = /\b([ieup])\/([a-z][a-z-]*)((?:(?:: |, )"[^"]+")*)/g;

/** True when the pieces between the dots stand in one line of the file, in their order. */
const names = (source: string, name: string): boolean => {
	const pieces = name.split('…').map((piece) => piece.trim());
	return source.split('\n').some((line) => {
		let from = 0;
		return pieces.every((piece) => {
			const at = line.indexOf(piece, from);
			from = at + piece.length;
			return at >= 0;
		});
	});
};

test.each(['docs/asvs.md', 'docs/threats.md'])('every test that a document names is there: %s', (file) => {
	const missing: string[] = [];
	let count = 0;
	for (const [, kind, name, quoted] of readFileSync(file, 'utf8').matchAll(MENTION)) {
		const path = `tests/${FOLDERS[kind!]}/${name}.test.ts`;
		if (!existsSync(path)) missing.push(path);
		const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
		for (const [, title] of quoted!.matchAll(/"([^"]+)"/g)) {
			count += 1;
			if (!names(source, title!)) missing.push(`${path}: ${title}`);
		}
	}
	expect(missing).toEqual([]);
	expect(count).toBeGreaterThan(2);
});
