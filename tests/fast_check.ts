/** Properties: a claim is tried on many generated inputs, and a counterexample is made small. */
export * from "npm:fast-check@4.10.2";
