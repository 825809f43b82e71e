// Parts of a photo that are blacked out before it is public: frames in per mille of its width and height.
import { DomainError } from '#lib/errors.ts';
import type { Typed } from '#lib/forms.ts';

export const MAX_FRAMES = 12;

export type Frame = { left: number; top: number; width: number; height: number };

/** The fields of one frame, in the order of the form. */
export const FRAME_SIDES = ['left', 'top', 'width', 'height'] as const;

/** Refuses with 422 too many frames, and what does not lie within the picture; `numbers` says what each one is called. */
export function checkFrames(frames: Frame[], numbers?: number[]): void {
	if (frames.length > MAX_FRAMES)
		throw new DomainError('UNPROCESSABLE_CONTENT', 'framesTooMany', {
			field: 'frames',
			values: { most: MAX_FRAMES },
		});
	const isSpan = (from: number, length: number) =>
		Number.isInteger(from) && Number.isInteger(length) && from >= 0 && length > 0 && from + length <= 1000;
	for (const [index, { left, top, width, height }] of frames.entries())
		if (!isSpan(left, width) || !isSpan(top, height)) {
			const values = { number: numbers?.[index] ?? index + 1 };
			throw new DomainError('UNPROCESSABLE_CONTENT', 'frameOutside', { field: 'frames', values });
		}
}

/** The frame in whole pixels, rounded outwards. */
export function frameInPixels(frame: Frame, width: number, height: number): Frame {
	const span = (from: number, length: number, side: number) => {
		const start = Math.floor((from * side) / 1000);
		return [start, Math.min(side, Math.ceil(((from + length) * side) / 1000)) - start] as const;
	};
	const [left, across] = span(frame.left, frame.width, width);
	const [top, down] = span(frame.top, frame.height, height);
	return { left, top, width: across, height: down };
}

/** The frames' fields as they were typed, one list for each frame. */
export function typedFrames(form: Typed | undefined): string[][] {
	const columns = FRAME_SIDES.map((side) => (form?.getAll(`frame-${side}`) ?? []).map(String));
	const count = Math.max(...columns.map((column) => column.length));
	return Array.from({ length: count }, (_, row) => columns.map((column) => (column[row] ?? '').trim()));
}

/** A per cent with at most one digit after its comma or point, in per mille; NaN for anything else. */
const readPerMille = (text: string) =>
	/^\d{1,3}([.,]\d)?$/.test(text) ? Math.round(Number(text.replace(',', '.')) * 10) : NaN;

/** The frames of a form; a row that is left empty is none. Refuses as {@link checkFrames} does. */
export function readFrames(form: Typed): Frame[] {
	const rows = [...typedFrames(form).entries()].filter(([, row]) => row.some((text) => text !== ''));
	const frames = rows.map(([, row]) => {
		const [left = NaN, top = NaN, width = NaN, height = NaN] = row.map(readPerMille);
		return { left, top, width, height };
	});
	checkFrames(
		frames,
		rows.map(([index]) => index + 1),
	);
	return frames;
}

/** Kept frames as they were written with the decision. */
export const keptFrames = (publicFrames: string | null): Frame[] =>
	publicFrames === null ? [] : (JSON.parse(publicFrames) as Frame[]);
