import fc from 'fast-check';

/** fast-check with a fixed number of runs: a failure prints its seed and path. */
fc.configureGlobal({ numRuns: 300 });

export { fc };
