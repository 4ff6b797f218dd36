/** What is read of HCP Terraform's answers, and nothing more. */
import { z } from "zod";

const related = z.object({ data: z.object({ type: z.string(), id: z.string() }).nullish() }).optional();
const data = <S extends z.ZodType>(one: S) => z.object({ data: one });

export const workspaceEntry = z.object({
  id: z.string(),
  attributes: z.object({
    name: z.string(),
    locked: z.boolean(),
    "execution-mode": z.string().optional(),
    "working-directory": z.string().nullish(),
    "vcs-repo": z.unknown(),
  }),
  relationships: z.object({ "locked-by": related, "current-run": related }).optional(),
});

export const runEntry = z.object({
  id: z.string(),
  attributes: z.object({
    status: z.string(),
    message: z.string().nullish(),
    "created-at": z.string(),
    "plan-only": z.boolean().nullish(),
    "save-plan": z.boolean().nullish(),
    "status-timestamps": z.record(z.string(), z.string()).nullish(),
    actions: z
      .object({
        "is-cancelable": z.boolean().optional(),
        "is-confirmable": z.boolean().optional(),
        "is-discardable": z.boolean().optional(),
      })
      .default({}),
  }),
  relationships: z.object({
    plan: related,
    apply: related,
    workspace: related,
    "configuration-version": related,
  }),
});

export const versionEntry = z.object({
  id: z.string(),
  attributes: z.object({
    status: z.string(),
    "error-message": z.string().nullish(),
    "upload-url": z.string().nullish(),
  }),
});

export const phaseEntry = z.object({
  id: z.string(),
  attributes: z.object({ status: z.string(), "log-read-url": z.string().nullish() }),
});

export const variableEntry = z.object({
  id: z.string(),
  attributes: z.object({ key: z.string(), category: z.string() }),
});

export const variableSetEntry = z.object({ id: z.string(), attributes: z.object({ name: z.string() }) });
export const namedEntry = z.object({ id: z.string(), attributes: z.object({ name: z.string() }) });

export const namedDocument = data(namedEntry);
export const workspaceDocument = data(workspaceEntry);
export const runDocument = data(runEntry);
export const versionDocument = data(versionEntry);
export const phaseDocument = data(phaseEntry);
/** An answer that nobody reads. */
export const anything = z.unknown();

export type WorkspaceData = z.output<typeof workspaceEntry>;
export type RunData = z.output<typeof runEntry>;
export type VersionData = z.output<typeof versionEntry>;
