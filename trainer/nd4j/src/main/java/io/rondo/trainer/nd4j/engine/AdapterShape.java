package io.rondo.trainer.nd4j.engine;

import io.rondo.schemas.adapter.AdapterKind;
import io.rondo.schemas.adapter.TensorRole;
import io.rondo.schemas.adapter.TensorShape;
import io.rondo.trainer.nd4j.model.BertConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What is trained: adapters on modules of some layers, and a head on the first token's last state.
 *
 * @param kind the variant
 * @param rank rank of the factors
 * @param scaling the factor before their product, 1 for VeRA
 * @param modules the modules that carry adapters, in the model's order
 * @param layers the numbers of the layers that carry adapters, ascending; empty for all
 * @param labels outputs of the head
 */
public record AdapterShape(
        AdapterKind kind, int rank, float scaling, List<TargetModule> modules, List<Integer> layers, int labels) {
    /** PEFT's name of the model that it wraps. */
    static final String PREFIX = "base_model.model.";

    public AdapterShape {
        modules = modules.stream().distinct().sorted().toList();
        layers = layers.stream().distinct().sorted().toList();
    }

    /** LoRA on all layers. */
    public AdapterShape(int rank, float scaling, List<TargetModule> modules, int labels) {
        this(AdapterKind.LORA, rank, scaling, modules, List.of(), labels);
    }

    /** Whether the adapters are vectors on frozen projections, rather than matrices. */
    boolean isVera() {
        return kind == AdapterKind.VERA;
    }

    boolean adapts(int layer) {
        return layers.isEmpty() || layers.contains(layer);
    }

    /** The lowest layer that carries adapters: what those below it compute never changes. */
    public int lowest() {
        return layers.isEmpty() ? 0 : layers.get(0);
    }

    /** The trainable tensors by PEFT's names: layer by layer both factors of each module, then the head's. */
    public List<TensorShape> layout(BertConfig config) {
        List<TensorShape> layout = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            if (adapts(layer)) {
                for (TargetModule module : modules) {
                    layout.add(down(config, layer, module));
                    layout.add(up(config, layer, module));
                }
            }
        }
        layout.addAll(HeadShape.of(config, labels).layout());
        return layout;
    }

    /** A, rank × in, or VeRA's scaling of the rank dimension. */
    TensorShape down(BertConfig config, int layer, TargetModule module) {
        String name = name(config, layer, module);
        return isVera()
                ? new TensorShape(name + "vera_lambda_d", TensorRole.VERA_LAMBDA_D, rank)
                : new TensorShape(name + "lora_A.weight", TensorRole.LORA_A, rank, module.in(config));
    }

    /** B, out × rank, or VeRA's scaling of the output dimension. */
    TensorShape up(BertConfig config, int layer, TargetModule module) {
        String name = name(config, layer, module);
        return isVera()
                ? new TensorShape(name + "vera_lambda_b", TensorRole.VERA_LAMBDA_B, module.out(config))
                : new TensorShape(name + "lora_B.weight", TensorRole.LORA_B, module.out(config), rank);
    }

    private static String name(BertConfig config, int layer, TargetModule module) {
        return PREFIX + config.family().prefix() + "encoder.layer." + layer + '.' + module.path() + '.';
    }
}
