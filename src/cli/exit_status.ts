/** `verify` and `doctor` did their work, and have printed the problems that they found. */
export const PROBLEMS_FOUND = 3;

/** Ends the command with a status of its own; what there was to say has been said. */
export class ExitStatus extends Error {
  override readonly name = "ExitStatus";
  readonly status: number;

  /** @param status of the process */
  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}
