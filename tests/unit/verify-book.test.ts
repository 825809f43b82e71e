// Lines out of pieces of any size, and a signed note as text.
import { expect, test } from 'vitest';
import { listLeaves, readLeaves } from '#features/checkpoints/book-lines.ts';
import { parseNote, parseVerifierKey, verifierKey } from '#features/checkpoints/signed-note.ts';

async function linesOf(text: string, size: number): Promise<string[]> {
	const bytes = Buffer.from(text);
	async function* pieces() {
		for (let at = 0; at < bytes.length; at += size)
			yield await Promise.resolve(Uint8Array.from(bytes.subarray(at, at + size)));
	}
	const lines: string[] = [];
	for await (const batch of readLeaves(pieces()))
		for (const leaf of listLeaves(batch)) {
			expect(leaf[0]).toBe(0);
			lines.push(Buffer.from(leaf.subarray(1)).toString());
		}
	return lines;
}

test.each([1, 2, 3, 7, 1000])('lines are whole in pieces of %i bytes', async (size) => {
	expect(await linesOf('một\nhai\n\nbốn\n', size)).toEqual(['một', 'hai', '', 'bốn']);
	expect(await linesOf('không xuống dòng', size)).toEqual(['không xuống dòng']);
	expect(await linesOf('', size)).toEqual([]);
});

// The example of https://c2sp.org/signed-note.
const KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';

test('a key is read as others write it', () => {
	const key = parseVerifierKey(KEY)!;
	expect(key.name).toBe('PeterNeumann');
	expect(verifierKey(key.name, Buffer.from('c74f20a3', 'hex'), key.publicKey)).toBe(KEY);
	for (const text of ['', 'a+b+c', KEY.replace('ARpc', 'AApc'), KEY.replace('+c7', ' c7')])
		expect(parseVerifierKey(text)).toBeUndefined();
});

const ROOT = Buffer.alloc(32, 1).toString('base64');
const SIGNATURE = `— a ${Buffer.alloc(68, 2).toString('base64')}`;

test('a checkpoint is read with its extensions and all its signatures', () => {
	const note = parseNote(`a/quy/DK\n12\n${ROOT}\nmore\n\n${SIGNATURE}\n${SIGNATURE}\n`)!;
	expect(note).toMatchObject({
		origin: 'a/quy/DK',
		size: 12,
		root: ROOT,
		text: `a/quy/DK\n12\n${ROOT}\nmore\n`,
	});
	expect(note.signatures).toHaveLength(2);
});

test.each([
	['no signature', `a\n12\n${ROOT}\n`],
	['a size with a zero before it', `a\n012\n${ROOT}\n\n${SIGNATURE}\n`],
	['a root that is too short', `a\n12\nAAAA\n\n${SIGNATURE}\n`],
	['a line that is no signature', `a\n12\n${ROOT}\n\nx\n`],
	['no line break at its end', `a\n12\n${ROOT}\n\n${SIGNATURE}`],
])('a note with %s is none', (_, note) => {
	expect(parseNote(note)).toBeUndefined();
});
