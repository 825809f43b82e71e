// Records that the outbox sends under the account that made them: each is answered by itself, and waits while that one is
// signed out.
import type { APIContext } from 'astro';
import { z } from 'astro/zod';
import type { Actor } from '#features/accounts/actor.ts';
import { batchText, readItem } from '#features/accounts/device-batch.ts';
import { findActor } from '#features/accounts/person.repository.ts';
import { readSession } from '#features/accounts/session.service.ts';
import { readUpload } from '#features/photos/photo-input.ts';
import { openPhotoStore, type PhotoStore } from '#features/photos/photo-store.service.ts';
import { errorBody, json } from '#lib/api.ts';
import { readFormBody, readJsonBody } from '#lib/body.ts';
import { DomainError, HTTP_STATUS, type DomainErrorKey } from '#lib/errors.ts';
import { field } from '#lib/forms.ts';
import { parseInstant } from '#lib/time.ts';

const MAX_BODY_BYTES = 64 * 1024;

/** What the body brings: records as a list in JSON, or one record with its photo as a form. */
type Brought = { sentAt: number; records: unknown[]; upload?: Upload | undefined };
type Upload = { bytes: Uint8Array; store: PhotoStore; hasChildren: boolean };

type Item = { id: string; /** The person who made it. */ account: string };
type Kind<Read extends Item> = {
	/** What the list of records is called in the body. */
	list: string;
	/** The field of a form in which one record stands as JSON beside `sent_at`, `photo` and `hasChildren`. */
	withPhoto?: string;
	shape: z.ZodType<Read>;
	/** What a service calls its fields, as this address calls them. */
	fields: Record<string, string>;
	/** Why a record waits: nobody is signed in, or somebody else. */
	waits: { signIn: DomainErrorKey; otherAccount: DomainErrorKey };
	/** Writes one record; `correction` is how far the device's clock is behind. Refuses with a DomainError. */
	record: (
		read: Read,
		sender: { actor: Actor; correction: number; upload?: Upload | undefined },
	) => Promise<'created' | 'unchanged'>;
};

/** The record's id as it was sent, so that the phone finds its own again; null when there is none. */
function idOf(raw: unknown): string | null {
	const id: unknown = (raw as { id?: unknown } | null)?.id;
	return typeof id === 'string' ? id : null;
}

function readJson(text: string): unknown {
	try {
		return JSON.parse(text.slice(0, MAX_BODY_BYTES));
	} catch {
		return null;
	}
}

async function readBrought(
	{ request, locals: { config } }: APIContext,
	{ list, withPhoto }: { list: string; withPhoto?: string },
): Promise<Brought> {
	const isForm =
		withPhoto !== undefined && !/^application\/json/i.test(request.headers.get('content-type') ?? '');
	const form = isForm ? await readFormBody(request) : undefined;
	const raw = form
		? { sent_at: field(form, 'sent_at'), [list]: [readJson(field(form, withPhoto!))] }
		: await readJsonBody(request, MAX_BODY_BYTES);
	const body = z.object({ sent_at: batchText(40), [list]: z.array(z.unknown()).min(1).max(50) });
	const parsed = body.safeParse(raw);
	const sentAt = parsed.success ? parseInstant(parsed.data['sent_at'] as string) : undefined;
	if (!parsed.success || sentAt === undefined) {
		const at = parsed.success ? 'sent_at' : parsed.error.issues[0]?.path.join('.') || undefined;
		throw new DomainError('BAD_REQUEST', 'bodyMalformed', { field: at });
	}
	const upload = form && (await readUpload(form, openPhotoStore(config)));
	return { sentAt, records: parsed.data[list] as unknown[], upload };
}

export async function answerAccountBatch<Read extends Item>(
	context: APIContext,
	{ shape, fields, waits, record, ...named }: Kind<Read>,
): Promise<Response> {
	const { locals, cookies } = context;
	const { db, config, now, t } = locals;
	const { sentAt, records, upload } = await readBrought(context, named);
	const session = await readSession(db, config, cookies, now);
	const actor =
		session && !session.isPending
			? await findActor(db, session.personId, now, session.secondFactorAt, config.isLocal)
			: undefined;
	const write = (raw: unknown) => {
		const read = readItem(shape, raw);
		// It goes on waiting on the phone: nothing is wrong with what was written.
		if (!actor) throw new DomainError('UNAUTHORIZED', waits.signIn);
		if (actor.personId !== read.account) throw new DomainError('UNAUTHORIZED', waits.otherAccount);
		return record(read, { actor, correction: now - sentAt, upload });
	};
	const results = [];
	for (const raw of records) {
		const id = idOf(raw);
		try {
			results.push({ id, status: (await write(raw)) === 'created' ? 201 : 200 });
		} catch (error) {
			// A store that fails is no fault of the record's: it waits.
			if (!(error instanceof DomainError) || error.kind === 'SERVICE_UNAVAILABLE') throw error;
			const { field: at, ...rest } = errorBody(error, t);
			const said = at === undefined ? rest : { ...rest, field: fields[at] ?? at };
			results.push({ id, status: HTTP_STATUS[error.kind], error: said });
		}
	}
	return json({ results });
}
