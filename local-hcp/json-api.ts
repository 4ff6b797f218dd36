/** JSON:API: documents, relationships, pages and errors. https://jsonapi.org/format/ */
import type { z } from "zod";

export interface Identifier {
  readonly type: string;
  readonly id: string;
}

export interface Resource extends Identifier {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, Relationship>>;
  readonly links?: Readonly<Record<string, string>>;
}

export interface Relationship {
  readonly data?: Identifier | readonly Identifier[] | null;
  readonly links?: Readonly<Record<string, string>>;
}

/** An answer that is an error document. */
export class ApiError extends Error {
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, title: string, detail = "", headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.title = title;
    this.headers = headers;
  }
}

export const notFound = (): ApiError => new ApiError(404, "not found");
export const conflict = (detail: string): ApiError => new ApiError(409, "conflict", detail);
export const invalid = (detail: string): ApiError => new ApiError(422, "unprocessable entity", detail);

export const errorDocument = ({ status, title, message }: ApiError): unknown => ({
  errors: [{ status: String(status), title, ...(message && { detail: message }) }],
});

export const one = (type: string, id: string | undefined): Relationship => ({ data: id ? { type, id } : null });
export const many = (type: string, ids: readonly string[]): Relationship => ({ data: ids.map((id) => ({ type, id })) });

const DEFAULT_PAGE = 20;
const LARGEST_PAGE = 100;

/** One page of a list, as `page[number]` and `page[size]` ask for it, and what `meta` says of the whole. */
export function paginate<T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; meta: unknown } {
  const number = (name: string, fallback: number) =>
    Math.max(1, Math.trunc(Number(query.get(`page[${name}]`))) || fallback);
  const size = Math.min(LARGEST_PAGE, number("size", DEFAULT_PAGE));
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = number("number", 1);
  return {
    items: all.slice((page - 1) * size, page * size),
    meta: {
      pagination: {
        "current-page": page,
        "page-size": size,
        "prev-page": page > 1 ? page - 1 : null,
        "next-page": page < pages ? page + 1 : null,
        "total-pages": pages,
        "total-count": all.length,
      },
    },
  };
}

/** Reads the attributes of a request's document. @throws ApiError (422) that names the field */
export function readBody<S extends z.ZodType>(body: unknown, schema: S): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`/${issue?.path.join("/") ?? ""}: ${issue?.message ?? "is not valid"}`);
}
