// How a page tells the form that decides a photo from its other ones, and leaves what refused it to that form.
import { field, type Typed } from '#lib/forms.ts';

/** What the form's hidden field `form` says; `id` is the one that its action takes. */
export const photoFormKey = (id: string): string => `photo-${id}`;

export const isPhotoForm = (form: Typed | undefined): boolean => field(form, 'form').startsWith('photo-');
