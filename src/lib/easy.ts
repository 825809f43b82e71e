// Large text and pictures first, for people who read little. The address asks for it (`?chu=to`), so that the page may
// be kept for everyone and needs no script; the browser remembers it, and says so before the first paint.
import { createHash } from 'node:crypto';

/** The address's parameter, and the name under which a browser remembers its last value. */
export const EASY_PARAM = 'chu';
export type TextMode = 'to' | 'thuong';

/** What stands in the head of every page. The choice leaves the address, where it would travel on to others. */
export const EASY_SCRIPT =
	"(d=>{try{const u=new URL(location),p=u.searchParams,s=localStorage,c=p.get('chu');" +
	"if(c==='to'||c==='thuong'){s.chu=c;p.delete('chu');history.replaceState(history.state,'',u)}" +
	"d.toggleAttribute('data-easy',s.chu==='to')}catch{}})(document.documentElement)";

/** The only inline script that the content security policy lets run. */
export const EASY_SCRIPT_HASH =
	`sha256-${createHash('sha256').update(EASY_SCRIPT).digest('base64')}` as const;

/** The same page in the other size: relative, so that it also holds for a page that a phone kept. */
export function textModeHref(search: URLSearchParams, mode: TextMode): string {
	// Where a form was sent is no page to come back to.
	const kept = [...search].filter(([name]) => name !== EASY_PARAM && !name.startsWith('_'));
	return `?${new URLSearchParams([...kept, [EASY_PARAM, mode]])}`;
}
