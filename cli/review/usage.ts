/** A command line that cannot be understood; shown with the usage. */
export class UsageError extends Error {}
