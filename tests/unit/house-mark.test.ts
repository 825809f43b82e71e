import { expect, test } from 'vitest';
import { drawHouseMark, type ShownState } from '#components/house-mark.ts';
import { STATE_GROUPS, stateGroup } from '#features/green-houses/green-house.ts';

const STATES: ShownState[] = ['closed', 'paused', 'locked', 'damaged', 'full', 'half', 'empty', 'unknown'];

test.each([true, false])(
	'each group of the legend has a mark of its own (approximate: %s)',
	(approximate) => {
		const marks = STATES.map((state) => {
			const { classes, svg } = drawHouseMark(state, approximate);
			return { group: stateGroup(state), mark: `${classes}|${svg}` };
		});
		for (const group of STATE_GROUPS) {
			const own = new Set(marks.filter((each) => each.group === group).map(({ mark }) => mark));
			const others = marks.filter((each) => each.group !== group).map(({ mark }) => mark);
			expect(own.size).toBe(1);
			expect(others).not.toContain([...own][0]);
		}
	},
);

test('surveyed and approximate are told apart in every state', () => {
	for (const state of STATES) {
		expect(drawHouseMark(state, true).classes).not.toBe(drawHouseMark(state, false).classes);
	}
});
