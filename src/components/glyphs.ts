// The drawings of the portal, 24 × 24 unless said otherwise. `t` is the tinted area behind a line.

import { guideGlyphs } from './guide-glyphs.ts';

export const glyphs = {
	...guideGlyphs,
	'c-bag': '<path class="t" d="M4 8h16v13H4z"/><path d="M4 8h16v13H4zM8 11V6a4 4 0 0 1 8 0v5"/>',
	'c-hand':
		'<path class="t" d="M2 14h5l4-1 6 2 5-1-9 6H2z"/><path d="M2 13h4l3-1h4a1.5 1.5 0 0 1 0 3h-3M13 15l6.5-2a1.5 1.5 0 0 1 1 2.8L13 20H2M12 9 9 6a2 2 0 1 1 3-2 2 2 0 1 1 3 2z"/>',
	'c-house':
		'<path class="t" d="M5 11h14v10H5z"/><path d="M12 3c2 3 6 6 10 8H2c4-2 8-5 10-8zM5 11v10h14V11M8.5 15h7"/>',
	'c-scale':
		'<path class="t" d="M4 10h16l1 11H3z"/><path d="M3 4h18M6 4c0 3 2.5 5 6 5s6-2 6-5M4 10h16l1 11H3zM12 18a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 15l1.5-1.5"/>',
	'c-slip':
		'<path class="t" d="M5 3h14v18H5z"/><path d="M5 2.5h14V21l-2.3-1.5L14.3 21 12 19.5 9.7 21l-2.4-1.5L5 21zM8.5 8h7M8.5 12h7"/>',
	'g-bag':
		'<path class="t" d="M5 8h14l1 13H4z"/><path d="M5 8h14l1 13H4zM8.5 8V5a1.5 1.5 0 0 1 3 0v3M12.5 8V5a1.5 1.5 0 0 1 3 0v3M9 14l6 4M15 14l-6 4"/>',
	'g-batt': '<path class="t" d="M7 5h10v16H7z"/><path d="M7 5h10v16H7zM10 2.5h4V5h-4zM12 10v5M12 18v.1"/>',
	'g-book':
		'<path class="t" d="M12 6c-2-2-5-2.5-9-2.5V18c4 0 7 .5 9 2.5z"/><path d="M12 6c-2-2-5-2.5-9-2.5V18c4 0 7 .5 9 2.5 2-2 5-2.5 9-2.5V3.5c-4 0-7 .5-9 2.5zM12 6v14"/>',
	'g-can':
		'<path class="t" d="M6.5 5h11v14h-11z"/><path d="M8.5 2.5h7l2 3v13l-2 3h-7l-2-3v-13zM6.5 5.5h11M6.5 18.5h11M10 9.5h4"/>',
	'g-carton':
		'<path class="t" d="M3 9h18v11H3z"/><path d="M3 9h18v11H3zM3 9l3-5h12l3 5M12 4v5M9.5 9v4l2.5-1.5 2.5 1.5V9"/>',
	'g-cloth':
		'<path class="t" d="M7 8v13h10V8z"/><path d="M8.5 3 3 6.5l2 4 2-1V21h10V9.5l2 1 2-4L15.5 3c-.6 3-6.4 3-7 0z"/>',
	'g-elec':
		'<path class="t" d="M6 9h12v4a6 6 0 0 1-12 0z"/><path d="M9 3v6M15 3v6M6 9h12v4a6 6 0 0 1-12 0zM12 19v3"/>',
	'g-food':
		'<path class="t" d="M3 12c4-6 9-6 13 0-4 6-9 6-13 0z"/><path d="M3 12c4-6 9-6 13 0-4 6-9 6-13 0zM16 12l5-4v8zM7 11v.1"/>',
	'g-glass':
		'<path class="t" d="M8 12h8v9H8z"/><path d="M10.5 2.5h3v6c0 1.5 2.5 2 2.5 4.5v7a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-7c0-2.5 2.5-3 2.5-4.5zM10.5 5.5h3"/>',
	'g-iron': '<path class="t" d="M4 4h16v4h-6v8h6v4H4v-4h6V8H4z"/><path d="M4 4h16v4h-6v8h6v4H4v-4h6V8H4z"/>',
	'g-lamp':
		'<path class="t" d="M4 8.5h16v7H4z"/><path d="M1.5 12H4M20 12h2.5M4 8.5h16v7H4zM7.5 8.5v7M16.5 8.5v7M10.5 12h3"/>',
	'g-milk':
		'<path class="t" d="M6 10h12v11H6z"/><path d="M6 10 9 5h6l3 5v11H6zM9 5V2.5h6V5M6 10h12M12 10v11"/>',
	'g-mix':
		'<path class="t" d="M5 9h14l-2 12H7z"/><path d="M4 6h16v3H4zM5 9l2 12h10l2-12M9.5 6V3h5v3M8 15h8"/>',
	'g-news':
		'<path class="t" d="M3 4h15v16H5a2 2 0 0 1-2-2z"/><path d="M18 9h3v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V4h15v14M6.5 8h8v4h-8zM6.5 15.5h8"/>',
	'g-paper':
		'<path class="t" d="M5 3h10l4 4v14H5z"/><path d="M5 3h10l4 4v14H5zM15 3v4h4M8.5 11h7M8.5 14.5h7M8.5 18h4"/>',
	'g-more': '<path d="M4 11h2v2H4zM11 11h2v2h-2zM18 11h2v2h-2z"/>',
	'g-pet':
		'<path class="t" d="M8 11h8v10H8z"/><path d="M10 2.5h4v3h-4zM10 5.5c0 2.5-2 3-2 5.5v9a1 1 0 0 0 1 1h6a1 1 0 0 0 1-1v-9c0-2.5-2-3-2-5.5M8 12h8M8 17h8"/>',
	'g-rigid':
		'<path class="t" d="M5 9h14v12H5z"/><path d="M5 11a3 3 0 0 1 3-3h3l3-4h5v17H5zM14.5 4v3M9 12h5v4H9zM16.5 8v4"/>',
	'g-tin':
		'<path class="t" d="M5 7h14v10H5z"/><path d="M5 6c0-1.7 3-3 7-3s7 1.3 7 3-3 3-7 3-7-1.3-7-3zM5 6v12c0 1.7 3 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3 3 7 3s7-1.3 7-3"/>',
	'i-back': '<path d="M8 5h13v14H8l-6-7zM12 9.5l5 5M17 9.5l-5 5"/>',
	'i-cam':
		'<path class="t" d="M3 7h5l1.5-3h5L16 7h5v13H3z"/><path d="M3 7h5l1.5-3h5L16 7h5v13H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z"/>',
	'i-near': '<path d="M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 2v5M12 17v5M2 12h5M17 12h5"/>',
	'i-ok':
		'<path class="t" d="M12 2.5 20 6v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6z"/><path d="M12 2.5 20 6v6c0 5-3.5 8-8 9.5C7.5 20 4 17 4 12V6zM8 12l3 3 5-6"/>',
	'i-print': '<path class="t" d="M3 9h18v8H3z"/><path d="M7 9V3h10v6M7 17H3V9h18v8h-4M7 14h10v7H7z"/>',
	'i-wait': '<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2"/>',
	'i-warn': '<path class="t" d="M12 3 22 20H2z"/><path d="M12 3 22 20H2zM12 9v5M12 17v.1"/>',
	'n-fund':
		'<path class="t" d="M4 3h13v18H4z"/><path d="M4 3h13a2 2 0 0 1 2 2v16H4zM7.5 3v18M11 8h5M11 12h5M11 16h5"/>',
	'n-log': '<path d="M12 5v14M5 12h14"/>',
	'n-map':
		'<path class="t" d="M9 4v16l-6-2V2.5z"/><path d="M3 3.5 9 6l6-2.5 6 2.5v14.5L15 18l-6 2.5L3 18zM9 6v14M15 3.5V18"/>',
	'n-me':
		'<path class="t" d="M4 21c0-5 3.5-7 8-7s8 2 8 7z"/><path d="M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-5 3.5-7 8-7s8 2 8 7z"/>',
	'n-sun':
		'<path class="t" d="M5 20V10M12 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8z"/><path d="M12 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 1.5v2.5M3.5 4.5l2 2M20.5 4.5l-2 2M1.5 12H4M20 12h2.5M3 19.5h18M6 22.5h12"/>',
} as const;

export type GlyphName = keyof typeof glyphs;

// The house mark and its signs, drawn around the foot of the pin (viewBox -16 -30 32 32).
export const CRACK =
	'<path class="px pxh" d="M5-26-2-20 4-14-3-9 1-4"/><path class="px" d="M5-26-2-20 4-14-3-9 1-4"/>';
export const PIN =
	'<path class="ph" d="M0-29 15-17V-14H10V-4.5H3.5L0 0-3.5-4.5H-10V-14H-15V-17Z"/><path class="pw" d="M-10-14.5V-4.5H-3.5L0 0 3.5-4.5H10V-14.5Z"/><path class="pr" d="M0-29 15-17V-14H-15V-17Z"/><path class="po" d="M-5.5-11.5H5.5V-8.5H-5.5Z"/>';
export const CROSS =
	'<path class="px pxh" d="M-11-23 11-4M11-23-11-4"/><path class="px" d="M-11-23 11-4M11-23-11-4"/>';
export const ASK =
	'<path class="pq pqh" d="M-4.8-19.4a4.8 4.8 0 1 1 7.4 4c-1.8 1.2-2.6 2-2.6 4.4M0-6.9v.1"/><path class="pq" d="M-4.8-19.4a4.8 4.8 0 1 1 7.4 4c-1.8 1.2-2.6 2-2.6 4.4M0-6.9v.1"/>';
