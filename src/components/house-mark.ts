import { ASK, CRACK, CROSS, PIN } from './glyphs.ts';

export type ShownState = 'closed' | 'paused' | 'locked' | 'damaged' | 'full' | 'half' | 'empty' | 'unknown';

const SIGN: Partial<Record<ShownState, { name: string; drawing: string }>> = {
	closed: { name: 'lock', drawing: CROSS },
	paused: { name: 'lock', drawing: CROSS },
	locked: { name: 'lock', drawing: CROSS },
	damaged: { name: 'bad', drawing: CRACK },
	unknown: { name: 'ask', drawing: ASK },
};

/**
 * The little house as SVG: filled when surveyed, dotted when its place is a sample or approximate;
 * tiled roof when full; grey with a cross when it takes nothing, with a crack when damaged; a question mark in
 * place of the door when nobody has said how it is.
 */
export function drawHouseMark(state: ShownState, isApproximate: boolean): { classes: string; svg: string } {
	const sign = SIGN[state];
	const classes = [isApproximate && 's', state === 'full' && 'full', sign?.name].filter(Boolean).join(' ');
	return { classes, svg: `${PIN}${sign?.drawing ?? ''}` };
}
