// A small map around one place: how much of the drawing it shows, and where its names and its scale stand.
import { baseMap, UNITS_PER_KM, type Point } from './base-map.ts';
import { shortUnitName } from './place.ts';

/** Sides of the map in drawing units at its closest; a wider view keeps this form. */
const WIDTH = 340;
const HEIGHT = 200;
/** A place is recognised by its neighbours: the view widens until it holds so many, or is this many times as wide. */
const NEIGHBOURS = 3;
const WIDENINGS = [1, 1.4, 2, 2.8, 4];
// Of a letter, in units of the closest view; names on wide screens are smaller than that.
const LETTER = { width: 8.4, height: 17 };
const MARGIN = 5;

type Box = { left: number; top: number; right: number; bottom: number };
type Name = Point & { text: string };

export type SmallMap = {
	viewBox: string;
	/** What is drawn in letters and marks is this many times as large. */
	scale: number;
	wards: Name[];
	river: Point | undefined;
	dots: Point[];
	bar: Point & { length: number; km: number };
};

const boxAround = ({ x, y }: Point, width: number, height: number): Box => ({
	left: x - width / 2,
	top: y - height / 2,
	right: x + width / 2,
	bottom: y + height / 2,
});
const isIn = ({ x, y }: Point, box: Box) => x > box.left && x < box.right && y > box.top && y < box.bottom;
const overlap = (a: Box, b: Box) =>
	a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
const holds = (outer: Box, inner: Box) =>
	inner.left >= outer.left &&
	inner.right <= outer.right &&
	inner.top >= outer.top &&
	inner.bottom <= outer.bottom;

type Edge = { a: Point; b: Point };

/** The edges of an outline that a line from inside the box to the right can meet. */
const edgesRightOf = (rings: Point[][], { left, top, bottom }: Box): Edge[] =>
	rings
		.flatMap((ring) => ring.map((a, i) => ({ a, b: ring.at(i - 1)! })))
		.filter(
			({ a, b }) => Math.max(a.x, b.x) >= left && Math.min(a.y, b.y) <= bottom && Math.max(a.y, b.y) >= top,
		);

/** Even-odd over all rings of an outline. */
function isInside({ x, y }: Point, edges: Edge[]): boolean {
	let inside = false;
	for (const { a, b } of edges)
		if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
	return inside;
}

/** Points along lines, close enough together for a letter not to slip between them. */
const along = (lines: Point[][], step: number): Point[] =>
	lines.flatMap((line) =>
		line.slice(1).flatMap((end, index) => {
			const start = line[index]!;
			const count = Math.max(1, Math.ceil(Math.hypot(end.x - start.x, end.y - start.y) / step));
			return Array.from({ length: count }, (_, part) => ({
				x: start.x + ((end.x - start.x) * part) / count,
				y: start.y + ((end.y - start.y) * part) / count,
			}));
		}),
	);

/** The best of the candidates whose box is free: the one that covers least, then the one that is preferred. */
function place(
	candidates: Point[],
	boxOf: (at: Point) => Box,
	taken: Box[],
	marks: Point[],
	cost: (at: Point) => number,
): Point | undefined {
	let best: { at: Point; cost: number } | undefined;
	for (const at of candidates) {
		const box = boxOf(at);
		if (taken.some((each) => overlap(each, box))) continue;
		const covered = marks.filter((mark) => isIn(mark, box)).length;
		const total = covered * 100 + cost(at);
		if (!best || total < best.cost) best = { at, cost: total };
	}
	return best?.at;
}

/**
 * @param riverName decides how much room the name needs
 * @param line is seen whole, as far as the widest view reaches
 */
export function smallMap(
	centre: Point,
	neighbours: Point[],
	riverName: string,
	line: Point[] = [],
): SmallMap {
	const view = (scale: number) => boxAround(centre, WIDTH * scale, HEIGHT * scale);
	const isRecognised = (each: number) =>
		neighbours.filter((dot) => isIn(dot, view(each))).length >= NEIGHBOURS &&
		line.every((point) => isIn(point, view(each * 0.9)));
	const scale = WIDENINGS.find(isRecognised) ?? WIDENINGS.at(-1)!;
	const frame = view(scale);
	const dots = neighbours.filter((dot) => isIn(dot, frame));
	const { wards, rivers } = baseMap();
	const room = boxAround(centre, (WIDTH - 2 * MARGIN) * scale, (HEIGHT - 2 * MARGIN) * scale);

	const km = scale >= 2 ? 2 : 1;
	const bar = {
		x: frame.left + 12 * scale,
		y: frame.bottom - 12 * scale,
		length: Math.round(UNITS_PER_KM * km),
		km,
	};
	const taken: Box[] = [
		// The mark stands on the centre; the scale with its length in the corner.
		{
			left: centre.x - 24 * scale,
			right: centre.x + 24 * scale,
			top: centre.y - 40 * scale,
			bottom: centre.y + 8 * scale,
		},
		{
			left: frame.left,
			right: bar.x + bar.length + 45 * scale,
			top: bar.y - 12 * scale,
			bottom: frame.bottom,
		},
	];
	const boxOf = (text: string) => (at: Point) =>
		boxAround(
			{ x: at.x, y: at.y - LETTER.height * 0.3 * scale },
			(text.length + 1) * LETTER.width * scale,
			LETTER.height * scale,
		);

	const grid: Point[] = [];
	for (let y = room.top; y <= room.bottom; y += 8 * scale)
		for (let x = room.left; x <= room.right; x += 10 * scale)
			grid.push({ x: Math.round(x), y: Math.round(y) });
	const water = along(rivers, 6 * scale).filter((point) => isIn(point, frame));

	const isHeld = ({ left, right, top, bottom }: Box, edges: Edge[]) => {
		const has = (x: number) => isInside({ x, y: top }, edges) && isInside({ x, y: bottom }, edges);
		return has(left) && has(right) && has((left + right) / 2);
	};
	const names: Name[] = [];
	// The ward one is in comes first, and gets its place.
	const near = wards.map(({ name, outline }) => {
		const edges = edgesRightOf(outline, frame);
		return { name, edges, order: isInside(centre, edges) ? 0 : 1 };
	});
	for (const { name, edges, order } of near.sort((a, b) => a.order - b.order)) {
		const text = shortUnitName(name);
		const box = boxOf(text);
		const free = grid.filter((point) => holds(room, box(point)));
		const held = free.filter((point) => isHeld(box(point), edges));
		const at = place(
			// A narrow ward's own name may reach over its border.
			held.length > 0 || order > 0 ? held : free.filter((point) => isInside(point, edges)),
			box,
			taken,
			[...dots, ...water],
			// Near a corner rather than in the way of the mark.
			(point) => -Math.hypot(point.x - centre.x, point.y - centre.y) / scale / 10,
		);
		if (!at) continue;
		taken.push(box(at));
		names.push({ ...at, text });
	}

	const box = boxOf(riverName);
	const beside = water.flatMap(({ x, y }) =>
		[15, -9].map((down) => ({ x: Math.round(x), y: Math.round(y + down * scale) })),
	);
	const river = place(
		beside.filter((point) => holds(room, box(point))),
		box,
		taken,
		[...dots, ...water],
		(point) => Math.hypot(point.x - centre.x, point.y - centre.y) / scale / 10,
	);
	return {
		viewBox: [frame.left, frame.top, WIDTH * scale, HEIGHT * scale].map(Math.round).join(' '),
		scale,
		wards: names,
		river,
		dots,
		bar,
	};
}
