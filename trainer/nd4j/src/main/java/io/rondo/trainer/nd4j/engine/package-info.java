/**
 * The training engine: hand-written forward and backward of a BERT encoder with low-rank adapters, on ND4J's memory and
 * its OpenBLAS. Tokens are packed end to end without padding; nothing is computed for frozen weights; in the bottom
 * layer nothing below the adapters, and in the last layer only what the first token's state needs. {@link
 * io.rondo.trainer.nd4j.engine.Engine} is used by one thread and starts its own workers; all other types are confined to
 * one of them, or are read only while they work.
 */
package io.rondo.trainer.nd4j.engine;
