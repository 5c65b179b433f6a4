/** Tests that cannot even be loaded. */
throw new Error("planted");
