// Which marks stand so close together on a map that one number says more than all of them.

type Point = { x: number; y: number };
/** One mark, or several that crowd: `members` are the places in the list that was given. */
export type Crowd = Point & { members: number[] };

/** How far apart marks stand at least on the first view, in units of the drawing. */
export const CROWD_RADIUS = 104;
/** Up to so many marks people still tell apart, also where some overlap: every house keeps its own. */
const READABLE = 120;

/** A cell's number is its column times this, plus its row; its own and those around it. */
const COLUMN = 2 ** 24;
const AROUND = [-1, 0, 1].flatMap((across) => [-1, 0, 1].map((down) => across * COLUMN + down));

/**
 * Gathers points that lie within `radius` of the first of them; no two results stand closer than that. The same for
 * the drawing and for Leaflet, so that neither changes when one takes the other's place.
 */
export function gatherCrowds(points: Point[], radius: number): Crowd[] {
	if (points.length <= READABLE) return points.map(({ x, y }, index) => ({ x, y, members: [index] }));
	const crowds: Crowd[] = [];
	const cells = new Map<number, Crowd[]>();
	for (const [index, { x, y }] of points.entries()) {
		const [column, row] = [Math.floor(x / radius), Math.floor(y / radius)];
		let nearest: Crowd | undefined;
		let least = radius ** 2;
		for (const place of AROUND)
			for (const crowd of cells.get(column * COLUMN + row + place) ?? []) {
				const distance = (crowd.x - x) ** 2 + (crowd.y - y) ** 2;
				if (distance > least || (nearest && distance === least)) continue;
				[nearest, least] = [crowd, distance];
			}
		if (nearest) {
			nearest.members.push(index);
			continue;
		}
		const crowd = { x, y, members: [index] };
		crowds.push(crowd);
		const place = column * COLUMN + row;
		const cell = cells.get(place);
		if (cell) cell.push(crowd);
		else cells.set(place, [crowd]);
	}
	return crowds;
}
