import type { ActionAPIContext } from 'astro:actions';
import { ActionError, defineAction } from 'astro:actions';
import { DomainError } from './errors.ts';
import { normaliseUuid, uuidv7 } from './uuid.ts';

/**
 * A form's action: reads the form, calls the service and answers with the path to go on to (303); undefined when the
 * page itself shows what came of it, once.
 * What was typed and an expected failure stay in `locals`, so that the page shows both again;
 * the failure's kind becomes the page's status. Works without JavaScript.
 */
export function formAction<Path extends string | undefined>(
	handle: (form: FormData, context: ActionAPIContext) => Promise<Path>,
	{
		longText,
	}: {
		/** A field that holds a whole table, and is read cell by cell; how many rows it may have is said. */
		longText?: { field: string; maxRows: number };
	} = {},
) {
	return defineAction({
		accept: 'form',
		handler: async (form: FormData, context) => {
			try {
				checkFields(form, longText);
				await context.locals.checkSession();
				context.locals.form = form;
				checkLongText(form, longText);
				return { redirect: await handle(form, context) };
			} catch (error) {
				if (!(error instanceof DomainError)) throw error;
				context.locals.formError = error;
				throw new ActionError({ code: error.kind, message: error.key });
			}
		},
	});
}

/** More than the largest school's sheet of one day has cells; a form is searched from its begin for each name. */
const MAX_FIELDS = 4000;
/** More than twice the longest text that is kept; normalising and reading take the square of a text's length. */
const MAX_TEXT = 10_000;
/** Many times the largest school's table, pasted. */
const MAX_TABLE_TEXT = 500_000;

type LongText = { field: string; maxRows: number } | undefined;

/** Refuses with 413 more fields or longer texts than any page has, with 400 a NUL: PostgreSQL keeps none in a text. */
function checkFields(form: FormData, longText: LongText): void {
	const fields = [...form.entries()];
	if (fields.length > MAX_FIELDS) throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge');
	for (const [name, value] of fields) {
		if (typeof value !== 'string') continue;
		if (name !== longText?.field && value.length > MAX_TEXT)
			throw new DomainError('CONTENT_TOO_LARGE', 'bodyTooLarge', { field: name });
		if (value.includes('\0')) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: name });
	}
}

/** Refuses with 413 a table that is too long, and leaves it out of what the page shows again. */
function checkLongText(form: FormData, longText: LongText): void {
	if (!longText || field(form, longText.field).length <= MAX_TABLE_TEXT) return;
	form.delete(longText.field);
	const values = { max: longText.maxRows };
	throw new DomainError('CONTENT_TOO_LARGE', 'tableTextLong', { field: longText.field, values });
}

/** Only a path of this portal: no other host, no scheme, no backslash trick. */
export const isOwnPath = (path: string): boolean => /^\/(?![/\\])[^\\\s]*$/.test(path);

/** What somebody typed: a form that was sent, or one that asked for another row by its address. */
export type Typed = Pick<FormData, 'get' | 'getAll' | 'has'>;

/** A field's text, '' when it is missing or a file. */
export function field(form: Typed | undefined, name: string): string {
	const value = form?.get(name);
	return typeof value === 'string' ? value : '';
}

/** True when a file was chosen and sent. */
export function hasFile(form: Typed | undefined, name: string): boolean {
	const value = form?.get(name);
	return value instanceof File && value.size > 0;
}

/** What of a request concerns one form: what was typed there, and why it was refused. */
export type Refusal = { typed: Typed | undefined; error: DomainError | undefined };

/**
 * What concerns one form of a page that has several with fields of the same name: nothing when another one was refused.
 * @param key what its hidden field `form` says, once on its page
 */
export function refusalOf(locals: Pick<App.Locals, 'form' | 'formError'>, key: string): Refusal {
	const { form: typed, formError: error } = locals;
	return error && field(typed, 'form') === key ? { typed, error } : { typed: undefined, error: undefined };
}

/** The id that was minted with a form. Refuses with 400 what is none. */
export function requireFormId(text: string): string {
	const id = normaliseUuid(text);
	if (!id) throw new DomainError('BAD_REQUEST', 'formUnreadable', { field: 'id' });
	return id;
}

/**
 * The id that a form carries while it is corrected; a new one where it had none, or where its own stands for something
 * else already.
 */
export function formId(
	form: Typed | undefined,
	name: string,
	error: DomainError | undefined,
	now: number,
): string {
	const kept = error?.key === 'sameIdOtherContent' ? undefined : normaliseUuid(field(form, name));
	return kept ?? uuidv7(now);
}
