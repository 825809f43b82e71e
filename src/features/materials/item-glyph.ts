// The drawing and the colour of an item of the guide.
import { glyphs, type GlyphName } from '#components/glyphs.ts';
import { materialGlyph } from '#components/material-glyph.ts';
import type { Destination, GuideItem } from './guide.ts';

const COLOURS: Record<Destination, string> = {
	...{
		house: 'ok',
		recyclable: 'elec',
		food: 'food',
		residual: 'rest',
		bulky: 'metal',
		hazardous: 'hazard',
	},
};
export const destinationColour = (destination: Destination): string => COLOURS[destination];

const isGlyph = (name: string): name is GlyphName => Object.hasOwn(glyphs, name);

/** The colour is the material's where the guide sends it for recycling, otherwise the destination's. */
export function itemGlyph(item: Pick<GuideItem, 'glyph' | 'materialCode' | 'destination'>): {
	glyph: GlyphName;
	colour: string;
} {
	const isMaterial = ['house', 'recyclable'].includes(item.destination) && item.materialCode !== null;
	return {
		glyph: isGlyph(item.glyph) ? item.glyph : 'c-bag',
		colour: isMaterial ? materialGlyph(item.materialCode!).group : destinationColour(item.destination),
	};
}
