/** Elementwise numeric operations, each with a slow reference implementation in the tests. Stateless, safe for any thread. */
package io.rondo.trainer.nd4j.kernel;
