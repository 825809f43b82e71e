import { foldSearch } from './fold.ts';

// No file of any system may have these in its name, and a dot or a blank at its end is lost.
const FORBIDDEN = /[\\/:*?"<>|\p{Cc}\p{Cf}]/gu;

/** A file's name from what it holds: `Kết quả - Trường THCS Tam Thanh - 2026-11-27.xlsx`. Each part is cut at 60 letters. */
export const fileName = (parts: string[], extension: string): string => {
	const stem = parts
		.map((part) => [...part.replace(FORBIDDEN, ' ').replace(/\s+/g, ' ').trim()].slice(0, 60).join(''))
		.join(' - ');
	return `${stem.replace(/[. ]+$/, '')}.${extension}`;
};

/**
 * The `content-disposition` of a file to keep under this name (RFC 6266): its letters as they are for browsers that
 * read them, and the same without marks for the others.
 */
export function attachment(name: string): string {
	const plain = /^[\w.-]+$/.test(name)
		? name
		: foldSearch(name)
				.replace(/[^\w.]+/g, '-')
				.replace(/-*\.-*/g, '.')
				.replace(/^-|-$/g, '');
	if (plain === name) return `attachment; filename="${name}"`;
	const encoded = encodeURIComponent(name).replace(
		/['()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
