/**
 * What everything that looks after a bucket may be told.
 *
 * @module
 */
import type { TransferOptions } from "../transfer/connection.ts";

/** What looking after a bucket tells while it runs. */
export type ManageEvent =
  | {
    /** A manifest was read, or could not be. */
    type: "manifest";
    name: string;
  }
  | {
    /** A page of the blobs' listing came in. */
    type: "listed";
    /** Objects listed until now. */
    objects: number;
  }
  | {
    /** A blob was read from its first byte to its last. */
    type: "verified";
    digest: string;
    /** In bytes. */
    size: number;
  }
  | {
    /** Something is deleted, or would be if it were no dry run. */
    type: "delete";
    key: string;
    /** How much that frees. */
    bytes: number;
    /** For people. */
    reason: string;
  }
  | {
    /** Something that does not stop the work, and that somebody should know. */
    type: "warning";
    message: string;
  };

/** Settings that are no part of a cache's attributes. */
export interface ManageSettings extends Omit<TransferOptions, "onProgress"> {
  /** Is told what happens. */
  onProgress?: (event: ManageEvent) => void;
}
