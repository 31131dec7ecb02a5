/** The elementwise numeric steps, each with a slow twin in the tests. Stateless, safe for any thread. */
package io.rondo.trainer.nd4j.kernel;
