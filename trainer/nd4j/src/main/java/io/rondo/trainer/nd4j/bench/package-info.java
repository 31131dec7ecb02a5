/** Measures the engine's step against the machine's own matrix products. Used by one thread, which starts others. */
package io.rondo.trainer.nd4j.bench;
