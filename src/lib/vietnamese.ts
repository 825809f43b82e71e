// Where a text of another language holds Vietnamese names, so that a screen reader can say them with a Vietnamese voice.

const LETTER = '[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠ-Ỹ]';
/** A word with a letter that only Vietnamese has. */
const WORD = `\\p{L}*${LETTER}\\p{L}*`;
/** What may be a syllable without a mark (Kinh, con, Tam), and stands in English words seldom; a name's is capitalised. */
const RHYME = '[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?(?!\\p{L})';
const PLAIN = `(?:ngh?|nh|th|tr|ch|kh|ph|gh|gi|qu|[bcdghklmnprstvx])?${RHYME}`;
const CAPITAL = `(?:(?:Ngh?|Nh|Th|Tr|Ch|Kh|Ph|Gh|Gi|Qu|[BCDGHKLMNPRSTVX])${RHYME}|[AEIOUY][aeiouy]{0,2}(?:ng|nh|ch|[cmnpt])?(?!\\p{L}))`;
const NUMBER = '\\d+(?![\\p{L}\\d./])';
/** Marked words, with the plain ones between them, capitalised ones beside them, and a number behind them. */
const RUN = new RegExp(
	`(?<!\\p{L})((?:${CAPITAL}\\s)*${WORD}(?:\\s(?:(?:${PLAIN}|${CAPITAL}|${NUMBER})\\s){0,4}(?:${WORD}|\\(${WORD}\\))|\\s(?:${CAPITAL}|${NUMBER}))*)`,
	'u',
);

/** The text in parts: every second one is Vietnamese. */
export const splitVietnamese = (text: string): string[] => text.normalize('NFC').split(RUN);
