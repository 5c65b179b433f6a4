/** A moment that part of a test waits for and another part brings about. */
export interface Gate {
  /** Lets all pass who wait, and all who come later. */
  open: () => void;
  /** Resolves when it is open. */
  opened: Promise<void>;
}

/** Makes a gate that is closed. */
export function gate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => open = resolve);
  return { open, opened };
}
