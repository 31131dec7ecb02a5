package io.rondo.peft;

import io.rondo.schemas.adapter.TensorShape;
import io.rondo.schemas.tensor.Tensor;
import io.rondo.trainer.api.BaseDirectory;
import io.rondo.trainer.api.LocalTrainer;
import io.rondo.trainer.api.LocalTrainerFactory;
import io.rondo.trainer.api.ModelSettings;
import io.rondo.trainer.api.TrainerSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A trainer plug-in whose jobs start from an adapter's values, where the adapter has them. */
final class StartingFromAdapter implements LocalTrainerFactory {
    private final LocalTrainerFactory plugin;
    private final PeftDirectory adapter;

    StartingFromAdapter(LocalTrainerFactory plugin, PeftDirectory adapter) {
        this.plugin = plugin;
        this.adapter = adapter;
    }

    @Override
    public String name() {
        return plugin.name();
    }

    @Override
    public List<TensorShape> describe(ModelSettings model) {
        return plugin.describe(model);
    }

    @Override
    public List<Tensor> initialValues(ModelSettings model, long seed) {
        Map<String, Tensor> values = adapter.read(describe(model), seed).stream()
                .collect(Collectors.toMap(Tensor::name, Function.identity()));
        Stream<Tensor> others =
                plugin.initialValues(model, seed).stream().filter(tensor -> !values.containsKey(tensor.name()));
        return Stream.concat(values.values().stream(), others).toList();
    }

    @Override
    public String modelDigest(ModelSettings model) {
        return plugin.modelDigest(model);
    }

    @Override
    public Optional<BaseDirectory> baseDirectory(ModelSettings model) {
        return plugin.baseDirectory(model);
    }

    @Override
    public LocalTrainer open(TrainerSettings settings) {
        return plugin.open(settings);
    }
}
