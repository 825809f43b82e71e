import type { GlyphName } from './glyphs.ts';

type MaterialGlyph = { glyph: GlyphName; group: string };

const GLYPHS: Record<string, MaterialGlyph> = {
	mixed_paper: { glyph: 'g-paper', group: 'paper' },
	newspaper: { glyph: 'g-news', group: 'paper' },
	books: { glyph: 'g-book', group: 'paper' },
	cardboard: { glyph: 'g-carton', group: 'paper' },
	beverage_carton: { glyph: 'g-milk', group: 'paper' },
	pet_bottle: { glyph: 'g-pet', group: 'plastic' },
	rigid_plastic: { glyph: 'g-rigid', group: 'plastic' },
	mixed_plastic: { glyph: 'g-mix', group: 'plastic' },
	aluminium_can: { glyph: 'g-can', group: 'metal' },
	steel_can: { glyph: 'g-tin', group: 'metal' },
	scrap_iron: { glyph: 'g-iron', group: 'metal' },
	copper: { glyph: 'g-iron', group: 'metal' },
	glass: { glyph: 'g-glass', group: 'glass' },
	textile: { glyph: 'g-cloth', group: 'textile' },
	e_waste: { glyph: 'g-elec', group: 'elec' },
	battery: { glyph: 'g-batt', group: 'hazard' },
	fluorescent_lamp: { glyph: 'g-lamp', group: 'hazard' },
	pesticide_packaging: { glyph: 'i-warn', group: 'hazard' },
	dirty_plastic_bag: { glyph: 'g-bag', group: 'rest' },
	food_waste: { glyph: 'g-food', group: 'food' },
};

/** The drawing and the colour group of a material; a plain sack for one that is new. */
export const materialGlyph = (code: string): MaterialGlyph =>
	GLYPHS[code] ?? { glyph: 'c-bag', group: 'rest' };
