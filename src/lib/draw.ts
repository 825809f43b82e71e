// Pictures that are drawn: boxes and words in, PNG out, with the portal's own letters.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import type { Font } from 'satori';
import { DomainError } from './errors.ts';

/** A box: its style (flex layout and colours, as in CSS) and what stands in it; or a photo of a size, by its name. */
export type Box =
	| { style: Record<string, string | number>; children: string | Box[] }
	| { photo: string; width: number; height: number };

const resolve = createRequire(import.meta.url).resolve;
const SUBSETS = ['latin', 'vietnamese'] as const;
const WEIGHTS = [400, 700] as const;
// Two files of one name would hide each other's letters.
const FAMILY = SUBSETS.join(', ');

let fonts: Promise<Font[]> | undefined;
const readFonts = () =>
	(fonts ??= Promise.all(
		SUBSETS.flatMap((name) =>
			WEIGHTS.map(async (weight): Promise<Font> => {
				const file = `@fontsource/be-vietnam-pro/files/be-vietnam-pro-${name}-${weight}-normal.woff`;
				return { name, weight, data: await readFile(resolve(file)) };
			}),
		),
	));

type Photos = Record<string, Uint8Array>;

async function toNode(box: Box, photos: Photos): Promise<object> {
	if ('photo' in box) {
		const { photo, width, height } = box;
		const jpeg = await sharp(photos[photo]).resize({ width, height, fit: 'cover' }).jpeg().toBuffer();
		const src = `data:image/jpeg;base64,${jpeg.toString('base64')}`;
		return { type: 'img', props: { src, width, height } };
	}
	const { style, children } = box;
	const inner =
		typeof children === 'string' ? children : await Promise.all(children.map((each) => toNode(each, photos)));
	return { type: 'div', props: { style: { display: 'flex', ...style }, children: inner } };
}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;
/** Whoever asks for pictures faster than they are drawn is asked to come back later. */
const MOST_WAITING = 20;

/**
 * Draws one picture, one after another: each takes a processor for a moment. A letter the font lacks leaves a gap. Refuses
 * with 429 when too many wait already. `photos` are the bytes of those that the boxes name.
 */
export function drawPng(
	box: Box,
	{ width, height }: { width: number; height: number },
	photos: Photos = {},
): Promise<Buffer> {
	const draw = async () => {
		// Large, and wanted by few: loaded with the first picture.
		const { default: satori } = await import('satori');
		const root = { style: { width, height, fontFamily: FAMILY }, children: [box] };
		const svg = await satori((await toNode(root, photos)) as Parameters<typeof satori>[0], {
			...{ width, height, fonts: await readFonts() },
			loadAdditionalAsset: () => Promise.resolve([]),
		});
		return sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true, quality: 90 }).toBuffer();
	};
	if (waiting >= MOST_WAITING) return Promise.reject(new DomainError('TOO_MANY_REQUESTS', 'tooManyRequests'));
	waiting += 1;
	const drawn = last.then(draw).finally(() => (waiting -= 1));
	last = drawn.catch(() => undefined);
	return drawn;
}
