/**
 * The reference trainer, found by the name {@code nd4j}. Opening a trainer starts its threads; a trainer is used by one
 * thread.
 *
 * <p>A trainer's process needs {@code -Xmx384m -XX:+UseSerialGC} and no other JVM arguments: weights are mapped from the
 * model cache, which all trainers of a machine share, and the engine's buffers are outside the heap. Native libraries
 * are unpacked into {@code native/} in the model cache; {@code -Dorg.bytedeco.javacpp.cachedir} and {@code
 * -DDJL_CACHE_DIR} set another directory.
 */
package io.rondo.trainer.nd4j;
