// Which marks stand so close together on a map that one number says more than all of them.

type Point = { x: number; y: number };
/** One mark, or several that crowd: `members` are the places in the list that was given. */
export type Crowd = Point & { members: number[] };

/** How far apart marks stand at least on the first view, in units of the drawing. */
export const CROWD_RADIUS = 104;
/** Up to so many marks people still tell apart, also where some overlap: every house keeps its own. */
const READABLE = 120;

/**
 * Gathers points that lie within `radius` of the first of them; no two results stand closer than that. The same for
 * the drawing and for Leaflet, so that neither changes when one takes the other's place.
 */
export function gatherCrowds(points: Point[], radius: number): Crowd[] {
	if (points.length <= READABLE) return points.map(({ x, y }, index) => ({ x, y, members: [index] }));
	const crowds: Crowd[] = [];
	const cells = new Map<string, Crowd[]>();
	for (const [index, { x, y }] of points.entries()) {
		const [column, row] = [Math.floor(x / radius), Math.floor(y / radius)];
		const near = [-1, 0, 1]
			.flatMap((across) => [-1, 0, 1].map((down) => cells.get(`${column + across} ${row + down}`) ?? []))
			.flat()
			.map((crowd) => ({ crowd, distance: Math.hypot(crowd.x - x, crowd.y - y) }))
			.filter(({ distance }) => distance <= radius)
			.sort((a, b) => a.distance - b.distance)[0];
		if (near) {
			near.crowd.members.push(index);
			continue;
		}
		const crowd = { x, y, members: [index] };
		crowds.push(crowd);
		const key = `${column} ${row}`;
		cells.set(key, [...(cells.get(key) ?? []), crowd]);
	}
	return crowds;
}
