package io.rondo.trainer.nd4j.engine;

import java.util.Set;

/**
 * The trainable tensors of one module's adapter in one layer.
 *
 * @param layer number of the layer
 * @param module the module
 * @param in width of the module's input
 * @param out width of its output
 * @param down A, rank × in, or VeRA's scaling of the rank dimension
 * @param up B, out × rank, or VeRA's scaling of the output dimension
 */
record AdapterWeights(int layer, TargetModule module, int in, int out, Parameter down, Parameter up) {

    boolean trainsDown(Set<String> frozen) {
        return !frozen.contains(down.shape().name());
    }

    boolean trainsUp(Set<String> frozen) {
        return !frozen.contains(up.shape().name());
    }
}
